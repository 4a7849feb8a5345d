// Rows of subagents that have no file of their own: the request and the final words are all that the main file keeps.

import type { AgentLinks } from './claude-code-agents'
import { contentText } from './claude-code-content'
import type { RowWriter } from './claude-code-rows'
import type { ThreadKey } from './types'

export class SubagentRows {
  /** Threads that are read from their own file: nothing is added to them from the main one. */
  readonly ownFiles = new Set<ThreadKey>()
  private readonly rows: RowWriter
  private readonly agents: AgentLinks

  constructor(rows: RowWriter, agents: AgentLinks) {
    this.rows = rows
    this.agents = agents
  }

  /** The result of a tool call, if it is that of a subagent. */
  readResult(toolId: string, toolUseResult: unknown): void {
    const result = this.agents.readResult(toolId, toolUseResult)
    if (result === null || this.ownFiles.has(result.thread)) return
    const { thread, prompt } = result
    if (prompt !== null && this.rows.tree.thread(thread).state.messageCount === 0) {
      this.rows.placeCopy(thread, (cursor) => {
        this.rows.appendContent(cursor, this.rows.row('user', 'prompt', 'from_agent'), prompt)
      })
    }
    if (result.finished) this.appendFinalWords(thread, result.finalContent)
  }

  /** A text that may tell that a subagent in the background ended. */
  readNotification(text: string): void {
    const ended = this.agents.readNotification(text)
    if (ended !== null && !this.ownFiles.has(ended.thread)) this.appendFinalWords(ended.thread, ended.result)
  }

  private appendFinalWords(thread: ThreadKey, content: unknown): void {
    const { text } = contentText(content)
    if (text.trim() === '') return
    this.rows.placeCopy(thread, (cursor) => {
      this.rows.appendText(cursor, this.rows.row('assistant', 'text', 'from_result'), text, true)
    })
  }
}
