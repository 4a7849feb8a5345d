// Which tool call started which child session, for agents whose children have transcripts of their own.
// Either side may be read first, and a child that was never read has no thread.

import { cleanText, cutText } from './row-text'
import type { Tree } from './tree'
import type { ThreadKey } from './types'

export type Spawn = { toolId: string | null; description: string | null; agentType: string | null; finished: boolean }

const DESCRIPTION_LIMIT = 200

export class ChildLinks {
  private readonly spawns = new Map<ThreadKey, Spawn>()
  private readonly read = new Set<ThreadKey>()

  constructor(private readonly tree: Tree) {}

  /** A call that started a child; told again when it ends. */
  started(child: ThreadKey, spawn: Spawn): void {
    this.spawns.set(child, spawn)
    if (this.read.has(child)) this.link(child, spawn)
  }

  /** A record of a child's own transcript. */
  readChild(child: ThreadKey): void {
    if (child === '' || this.read.has(child)) return
    this.read.add(child)
    const spawn = this.spawns.get(child)
    if (spawn !== undefined) this.link(child, spawn)
  }

  private link(child: ThreadKey, spawn: Spawn): void {
    const { state } = this.tree.thread(child)
    const clean = (text: string | null) => (text === null ? null : cutText(cleanText(text), DESCRIPTION_LIMIT))
    state.spawnedByToolId ??= spawn.toolId === null ? null : cleanText(spawn.toolId)
    state.description ??= clean(spawn.description)
    state.agentType ??= clean(spawn.agentType)
    state.finished ||= spawn.finished
  }
}
