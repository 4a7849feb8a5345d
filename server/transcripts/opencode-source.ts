// Tells from an OpenCode document whose it is: a child session names its parent.

import { asString, isObject } from './claude-code-content'
import { isOpenCodeDocument, messagesOf, promptOf, timesOf } from './opencode-content'
import { cleanText } from './row-text'
import type { SourceDescription } from './types'

type JsonObject = Record<string, unknown>

export function describeOpenCodeSource(values: JsonObject[]): SourceDescription {
  const document = values.find(isOpenCodeDocument) ?? {}
  const info = isObject(document.info) ? document.info : {}
  const id = cleanText(asString(info.id) ?? '') || null
  const parent = cleanText(asString(info.parentID) ?? '') || null
  const { created } = timesOf(info)
  return {
    sessionId: parent ?? id,
    thread: parent === null ? '' : (id ?? ''),
    userIds: messagesOf(document).flatMap((message) => {
      const native = asString(message.info.id)
      return native?.startsWith('msg_') === true && promptOf(message) !== null ? [native] : []
    }),
    forkedFrom: null,
    carriesOutPlan: false,
    firstAt: created === null ? null : new Date(created).toISOString(),
  }
}
