// What was found at one place is masked at every other as well, in whatever spelling, also where nothing says what it is.
import { Everywhere, type Known } from './everywhere'
import type { Findings } from './findings'
import { readableView } from './own-words'
import { accountOfHome } from './personal-places'
import type { Piece } from './piece'
import { endIn, startIn, type View } from './view'
import { viewsOf } from './views'

/** `own`: the words that the person named. */
export function findAgain(pieces: readonly Piece[], findings: Findings, own: readonly string[]): void {
  const known = [...spreading(findings), ...accounts(findings)]
  const words = own.map((text) => ({
    text,
    finding: findings.numberOf({ value: text, group: 'secret', kind: 'masked', exact: true }, true),
    isWord: false,
  }))
  if (known.length + words.length === 0) return
  const everywhere = new Everywhere([...known, ...words])
  const readings = words.length > 0 ? new Everywhere(words) : null
  for (const piece of pieces) {
    const views = piece.views ?? viewsOf(piece.text)
    for (const view of views) note(piece, view, everywhere)
    if (readings) for (const view of views.slice(0, 1)) note(piece, readableView(view), readings)
    piece.views = null
  }
}

function note(piece: Piece, view: View, everywhere: Everywhere): void {
  everywhere.find(view.text, (start, end, finding) => {
    piece.spans.push({ start: startIn(view, start), end: endIn(view, end), finding })
  })
}

const spreading = (findings: Findings): Known[] =>
  [...findings.spreading].map((finding) => ({
    text: findings.all[finding]?.value as string,
    finding,
    isWord: findings.all[finding]?.group === 'email',
  }))

/** The names of accounts, also those that only a home folder tells. */
function accounts(findings: Findings): Known[] {
  const names = new Set<string>()
  for (const { group, value } of findings.all) {
    const name = group === 'account' ? value : group === 'home' ? accountOfHome(value) : null
    if (name !== null && name.length >= 3) names.add(name)
  }
  return [...names].map((text) => ({
    text,
    finding: findings.numberOf({ value: text, group: 'account', kind: 'account name' }),
    isWord: true,
  }))
}
