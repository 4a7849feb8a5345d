// What an agent wrote as HTML that can do nothing: the library drops raw HTML and addresses with a script by itself.
import { micromark } from 'micromark'
import { gfm, gfmHtml } from 'micromark-extension-gfm'

/** Markdown beyond this is shown as it was written: nobody reads it, and the reader waits. */
const MOST_CHARACTERS = 60_000

export function toHtml(markdown: string): string {
  if (markdown.length > MOST_CHARACTERS) return `<pre>${escape(markdown)}</pre>`
  return (
    micromark(markdown, { extensions: [gfm()], htmlExtensions: [gfmHtml()] })
      // A picture would be fetched from somewhere, and tell that this page was opened.
      .replaceAll(/<img [^>]*?alt="([^"]*)"[^>]*>/g, '<em>[picture: $1]</em>')
      .replaceAll('<a href="http', '<a rel="noopener noreferrer nofollow" href="http')
  )
}

/** Text as HTML, with what turns the direction of text made visible. */
export function escape(text: string): string {
  return text
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;')
    .replaceAll("'", '&#39;')
    .replaceAll(
      /[\u202a-\u202e\u2066-\u2069]/g,
      (sign) => `<span class="sign">U+${sign.charCodeAt(0).toString(16).toUpperCase()}</span>`,
    )
}

/** A text of a terminal without its colours and movements. */
export function plain(text: string): string {
  // oxlint-disable-next-line no-control-regex -- these are the signs of a terminal
  return text.replaceAll(/\u001b\[[0-9;?]*[ -/]*[@-~]|\u001b[@-_]|[\u0000-\u0008\u000b\u000c\u000e-\u001f]/g, '')
}
