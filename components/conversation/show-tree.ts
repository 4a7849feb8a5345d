import { showSigns } from '@/text/signs'

/** What is used of a node of the HTML that Markdown becomes. */
type Node = {
  type: string
  value?: string
  tagName?: string
  properties?: Record<string, unknown>
  children?: Node[]
}

/**
 * A step of Markdown after its parsing, as characters may also be written as entities: each that is not seen, or turns
 * others round, is shown by its name in texts and attributes.
 */
export function showTree() {
  return (tree: Node) => show(tree, false)
}

function show(node: Node, code: boolean): void {
  if (node.value !== undefined) node.value = showSigns(node.value, { code })
  for (const [name, value] of Object.entries(node.properties ?? {}))
    if (typeof value === 'string' && node.properties) node.properties[name] = showSigns(value, { code: true })
  for (const child of node.children ?? []) show(child, code || node.tagName === 'code')
}
