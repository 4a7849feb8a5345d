// Names for the elements of a list in a document, so that each is found again when the document is written anew.

/**
 * The id of each element; one that occurred before in the same list (some tools write REDACTED in place of ids) gets its
 * number, and one without an id its place.
 */
export function documentIds(ids: (string | null)[]): string[] {
  const seen = new Map<string, number>()
  return ids.map((id, index) => {
    if (id === null) return `#${index + 1}`
    const count = (seen.get(id) ?? 0) + 1
    seen.set(id, count)
    return count === 1 ? id : `${id}#${count}`
  })
}
