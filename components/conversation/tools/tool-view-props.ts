import type { MessageView } from '@/server/services/views'
import type { ToolInput } from '@/components/conversation/tool-input'

/** What every view of a tool is given. `whole` asks the server for what was cut. */
export type ToolViewProps = {
  message: MessageView
  input: ToolInput
  result: string | null
}
