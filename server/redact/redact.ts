// Masks a conversation: what its reader would see is made plain, looked through in every spelling, and written again with a word
// in the place of everything that must not be shown. What was looked through is what is given back.
import { type Finding, Findings, idOf, toFinding } from './findings'
import { findAgain } from './find-again'
import { readJson, writeJson } from './json-strings'
import { decide, maskPiece } from './mask'
import { addPlaces, type Piece, toPiece } from './piece'
import type { FindingGroup } from './rule'
import { readable } from './own-words'
import { withoutTerminalSigns } from './terminal-signs'
import { viewsOf } from './views'

/** A text as it is shown. `isJson`: the input of a tool, whose strings are looked at one by one. `asked`: the command it answers. */
export type Part = { text: string; isJson?: boolean; asked?: string }

export type Choices = {
  /** Findings that are shown after all, by their ids. */
  keep: readonly string[]
  /** Words that are masked wherever they stand. */
  mask: readonly string[]
  /** Groups that are shown; secrets cannot be among them. */
  show: readonly FindingGroup[]
}

/** `texts`: one for each part, in their order. */
export type Redacted = { texts: string[]; findings: Finding[] }

/** Views are kept between the two passes up to so many characters; beyond, they are made twice. */
const KEPT_CHARACTERS = 24_000_000

/** @throws Error when anything fails: then nothing may be shown. */
export function redact(parts: readonly Part[], { keep, mask, show }: Choices): Redacted {
  const findings = new Findings()
  const read = parts.map(readPart)
  const pieces = read.flatMap((part) => part.pieces)
  const own = mask.map((word) => readable(withoutTerminalSigns(word))).filter((word) => word.length > 0)
  let characters = 0
  for (const piece of pieces) {
    const views = viewsOf(piece.text)
    characters += piece.text.length
    if (characters < KEPT_CHARACTERS) piece.views = views
    addPlaces(piece, views, findings)
  }
  findAgain(pieces, findings, own)
  for (const one of findings.all) one.id = idOf(one.value)
  decide(findings.all, new Set(keep), new Set(show))
  return {
    texts: read.map(({ write }) => write(findings)),
    findings: findings.all.filter((one) => one.count > 0 && !one.own).map(toFinding),
  }
}

type ReadPart = { pieces: Piece[]; write: (findings: Findings) => string }

function readPart({ text, isJson = false, asked = '' }: Part): ReadPart {
  const json = isJson ? readJson(text) : null
  if (!json) {
    const piece = toPiece(withoutTerminalSigns(text), null, asked)
    return { pieces: [piece], write: ({ all }) => maskPiece(piece, all) }
  }
  const pieces = json.strings.map(({ value, name }) => toPiece(withoutTerminalSigns(value), name, ''))
  return {
    pieces,
    write: ({ all }) =>
      writeJson(
        json,
        pieces.map((piece) => maskPiece(piece, all)),
      ),
  }
}
