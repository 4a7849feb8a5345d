/** The beginning of a text by characters and lines, and whether something was left out. */
export function cutText(text: string, maxChars: number, maxLines: number): { text: string; cut: boolean } {
  let end = Math.min(text.length, maxChars)
  let position = -1
  for (let line = 0; line < maxLines; line++) {
    position = text.indexOf('\n', position + 1)
    if (position < 0 || position >= end) return { text: text.slice(0, end), cut: end < text.length }
  }
  end = position
  return { text: text.slice(0, end), cut: end < text.trimEnd().length }
}

/** The part of a message's text that is shown before somebody asks for all. */
export function cutMessage(text: string): { text: string; cut: boolean } {
  return cutText(text, 3_000, 60)
}
