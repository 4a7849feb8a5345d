// What a terminal takes as an order (colours, movements, titles, links) is no text: a reader never sees it, and it can part a
// secret. It is taken out before anything is looked for and before anything is shared.

/** Orders of both spellings (ESC and the single C1 sign), and titles or links up to the end that they name. */
const ORDERS = new RegExp(
  [
    // OSC, DCS, SOS, PM, APC: all up to their end; without one, up to the line's end.
    '(?:\\u001b[\\]PX^_]|[\\u009d\\u0090\\u0098\\u009e\\u009f])[^\\u0007\\u001b\\u009c\\n]{0,4000}(?:\\u0007|\\u001b\\\\|\\u009c)?',
    // CSI: colours and movements.
    '(?:\\u001b\\[|\\u009b)[0-?]{0,64}[ -/]{0,8}[@-~]?',
    '\\u001b[ -/]{0,4}[0-~]?',
    '[\\u0000-\\u0007\\u000b\\u000c\\u000e-\\u001f\\u007f-\\u009f]',
  ].join('|'),
  'g',
)
/** A letter that was struck over: `g BACKSPACE g` is how manual pages are set bold. */
const STRUCK_OVER = /[^\n\u0008]\u0008/g

/** A text of a terminal without its orders. Tabs, line ends and everything else stay. */
export function withoutTerminalSigns(text: string): string {
  if (!/[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f-\u009f]/.test(text)) return text
  return text.replaceAll(ORDERS, '').replaceAll(STRUCK_OVER, '').replaceAll('\u0008', '')
}
