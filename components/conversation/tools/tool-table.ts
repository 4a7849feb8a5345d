// Which view opens for which family of tools. A new view is one file here and one line in this table.
import type { ComponentType } from 'react'
import type { ToolKind } from '@/components/conversation/tool-kind'
import { EditTool } from './edit-tool'
import { GenericTool } from './generic-tool'
import { PatchTool } from './patch-tool'
import { PlanTool } from './plan-tool'
import { ReadTool } from './read-tool'
import { ShellTool } from './shell-tool'
import { TaskTool } from './task-tool'
import { TodoTool } from './todo-tool'
import type { ToolViewProps } from './tool-view-props'
import { WriteTool } from './write-tool'

export const TOOL_VIEWS: Record<ToolKind, ComponentType<ToolViewProps>> = {
  edit: EditTool,
  write: WriteTool,
  patch: PatchTool,
  shell: ShellTool,
  read: ReadTool,
  search: ReadTool,
  list: ReadTool,
  todo: TodoTool,
  task: TaskTool,
  fetch: ReadTool,
  websearch: ReadTool,
  plan: PlanTool,
  question: GenericTool,
  generic: GenericTool,
}
