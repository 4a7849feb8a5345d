import { showSigns } from '@/text/signs'

type Props = Record<string, unknown>

/** Their text is no text that is read as such: styles, scripts, and what a person edits. */
const LEFT_ALONE = new Set<unknown>(['style', 'script', 'textarea', 'input'])
const ATTRIBUTES = new Set(['title', 'alt', 'placeholder', 'label', 'summary'])

/**
 * The properties of an element with every character that is not seen, or turns others round, shown by its name: in its
 * text and in the attributes that are shown or read out. Links, keys and the values of fields stay as they are.
 */
export function showProps(type: unknown, props: Props): Props {
  const options = { code: type === 'code' || type === 'pre' }
  let shown = props
  for (const name in props) {
    const isText = name === 'children' ? !LEFT_ALONE.has(type) : ATTRIBUTES.has(name) || name.startsWith('aria-')
    if (!isText) continue
    const before = props[name]
    const after = typeof before === 'string' ? showSigns(before, options) : showList(name, before, options)
    if (after === before) continue
    if (shown === props) shown = { ...props }
    shown[name] = after
  }
  return shown
}

/** Several children: the texts among them. */
function showList(name: string, value: unknown, options: { code: boolean }): unknown {
  if (name !== 'children' || !Array.isArray(value)) return value
  let changed = false
  const list = value.map((child: unknown) => {
    if (typeof child !== 'string') return child
    const shown = showSigns(child, options)
    changed ||= shown !== child
    return shown
  })
  return changed ? list : value
}
