// What an agent wrote as HTML that can do nothing: the library drops raw HTML and addresses with a script by itself.
import { micromark } from 'micromark'
import { gfm, gfmHtml } from 'micromark-extension-gfm'
import { nameOfSign, showSigns } from '@/text/signs'

/** Markdown beyond this is shown as it was written: nobody reads it, and the reader waits. */
const MOST_CHARACTERS = 60_000

export function toHtml(markdown: string): string {
  if (markdown.length > MOST_CHARACTERS) return `<pre>${escapeProse(markdown)}</pre>`
  return showSigns(
    micromark(markdown, { extensions: [gfm()], htmlExtensions: [gfmHtml()] })
      // A picture would be fetched from somewhere, and tell that this page was opened.
      .replaceAll(/<img [^>]*?alt="([^"]*)"[^>]*>/g, '<em>[picture: $1]</em>')
      .replaceAll('<a href="http', '<a rel="noopener noreferrer nofollow" href="http'),
  )
}

/** Text as HTML between tags, with each character that is not seen or turns others round made visible. */
export function escape(text: string): string {
  return showSigns(escapeMarkup(text), { code: true, show: (sign) => `<span class="sign">${nameOfSign(sign)}</span>` })
}

/** The same for what stands in a tag or a title, where there can be no tags. */
export function escapeAttribute(text: string): string {
  return showSigns(escapeMarkup(text), { code: true })
}

/** The same for prose: joiners that belong to a script or an emoji stay. */
export function escapeProse(text: string): string {
  return showSigns(escapeMarkup(text), { show: (sign) => `<span class="sign">${nameOfSign(sign)}</span>` })
}

function escapeMarkup(text: string): string {
  return text
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;')
    .replaceAll("'", '&#39;')
}
