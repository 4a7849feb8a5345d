import { readText, type ToolInput } from './tool-input'

export type Edit = { oldText: string; newText: string }

/** The replacements that an editing tool was asked for, one or many. */
export function readEdits(input: ToolInput): Edit[] {
  const list = Array.isArray(input.edits) ? input.edits : [input]
  return list.flatMap((each) => {
    if (typeof each !== 'object' || each === null) return []
    const edit = each as ToolInput
    const oldText = readText(edit, 'old_string', 'oldString', 'old_str', 'oldText')
    const newText = readText(edit, 'new_string', 'newString', 'new_str', 'newText', 'new_source')
    return oldText === null && newText === null ? [] : [{ oldText: oldText ?? '', newText: newText ?? '' }]
  })
}
