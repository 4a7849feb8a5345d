// Cuts a stream of bytes into blocks of whole lines, and blocks into JSON values with their exact place.
// Owns no meaning of any value; bytes that are no JSON are handed on, never dropped.

import { isAscii, isUtf8 } from 'node:buffer'
import { hasCompleteTail, healLine } from './json-healing'
import { hasTooManyValues, ValueEnd } from './json-size'
import type { Block, RawRecord } from './types'

export const BLOCK_BYTES = 65_536

/** A longer line is no record that is read: it would have to be held in memory as a whole, several times over. */
export const MOST_LINE_BYTES = 64 << 20
/** A line that is too long is kept in pieces of exactly so many bytes, and a last one that is shorter. */
export const PART_BYTES = 4 << 20
/** Larger pieces are taken in slices, so that a line is never waited for longer than it may be. */
const SLICE_BYTES = 1 << 20

const NEWLINE = 10
const CARRIAGE_RETURN = 13

export type BlockSplitter = {
  /** Takes the next bytes and returns the blocks that are certain. The buffer must not be written to afterwards. */
  push(bytes: Buffer): Block[]
  /**
   * The rest of the source: at most a block of whole values, then a block (`complete: false`) with half a value.
   * A reader of a live file leaves the second one for later.
   */
  end(): Block[]
}

/**
 * Cuts a source into blocks of whole lines, as many as fit into `targetBytes`; a longer line is a block of its own, and
 * one of more than about `mostLineBytes` becomes parts (`complete: false` up to the last) so that memory stays flat.
 * All blocks in order are the source again. `startOffset` is where the first byte lies in the source.
 */
export function createBlockSplitter(
  options: { targetBytes?: number; startOffset?: number; mostLineBytes?: number; partBytes?: number } = {},
): BlockSplitter {
  const target = options.targetBytes ?? BLOCK_BYTES
  const mostLine = options.mostLineBytes ?? MOST_LINE_BYTES
  const partBytes = options.partBytes ?? PART_BYTES
  let offset = options.startOffset ?? 0
  let parts: Buffer[] = []
  let size = 0
  // True once `target` bytes without a newline wait: from then on only a newline is of interest.
  let inLongLine = false
  // Set while a line that is too long passes through.
  let passing: ValueEnd | null = null

  function takeRest(): Buffer {
    const rest = parts.length === 1 ? (parts[0] as Buffer) : Buffer.concat(parts, size)
    parts = []
    size = 0
    return rest
  }

  /**
   * Blocks that begin in what waits and end in `bytes`, and where in `bytes` the next one begins. Only these blocks are
   * copied, not all of a large piece.
   */
  function join(waiting: Buffer, bytes: Buffer): { blocks: Block[]; next: number } {
    const blocks: Block[] = []
    let head = waiting
    while (head.length > 0) {
      const room = Math.max(0, target - head.length)
      const inside = room > 0 ? bytes.lastIndexOf(NEWLINE, room - 1) : -1
      const own = inside < 0 ? head.lastIndexOf(NEWLINE, target - 1) : -1
      const last = inside < 0 && own < 0 ? bytes.indexOf(NEWLINE, room) : inside
      if (own < 0 && last < 0) {
        inLongLine = true
        parts = [head, bytes]
        size = head.length + bytes.length
        return { blocks, next: bytes.length }
      }
      const block = own < 0 ? Buffer.concat([head, bytes.subarray(0, last + 1)]) : head.subarray(0, own + 1)
      blocks.push({ offset, bytes: block, complete: true })
      offset += block.length
      if (own < 0) return { blocks, next: last + 1 }
      head = head.subarray(own + 1)
      if (head.length + bytes.length < target) break
    }
    if (head.length > 0) {
      parts = [head, bytes]
      size = head.length + bytes.length
      return { blocks, next: bytes.length }
    }
    return { blocks, next: 0 }
  }

  function cut(rest: Buffer): Block[] {
    const blocks: Block[] = []
    let start = 0
    while (rest.length - start >= target) {
      let newline = rest.lastIndexOf(NEWLINE, start + target - 1)
      if (newline < start) newline = rest.indexOf(NEWLINE, start + target)
      if (newline < 0) {
        inLongLine = true
        break
      }
      blocks.push({ offset: offset + start, bytes: rest.subarray(start, newline + 1), complete: true })
      start = newline + 1
    }
    offset += start
    if (start < rest.length) {
      parts = [rest.subarray(start)]
      size = rest.length - start
    }
    return blocks
  }

  /** Hands on what waits of a line that is too long, in parts of the one size; with `all` also the rest. */
  function pass(all: boolean, complete: boolean): Block[] {
    const waiting = takeRest()
    const blocks: Block[] = []
    const rest = all ? 0 : partBytes
    let at = 0
    while (waiting.length - at > rest) {
      const bytes = waiting.subarray(at, at + partBytes)
      at += bytes.length
      blocks.push({ offset, bytes, complete: complete && all && at === waiting.length })
      offset += bytes.length
    }
    if (at < waiting.length) {
      // A copy, as the piece may be one of many that a larger buffer was cut into.
      parts = [Buffer.from(waiting.subarray(at))]
      size = waiting.length - at
    }
    return blocks
  }

  function pushLong(end: ValueEnd, bytes: Buffer): Block[] {
    const newline = bytes.indexOf(NEWLINE)
    const own = newline < 0 ? bytes : bytes.subarray(0, newline + 1)
    parts.push(own)
    size += own.length
    if (newline < 0) {
      end.read(own)
      return size > partBytes ? pass(false, false) : []
    }
    passing = null
    const blocks = pass(true, true)
    return newline + 1 < bytes.length ? [...blocks, ...pushSlice(bytes.subarray(newline + 1))] : blocks
  }

  function pushSlice(bytes: Buffer): Block[] {
    if (passing) return pushLong(passing, bytes)
    if (inLongLine && size > mostLine && bytes.indexOf(NEWLINE) < 0) {
      inLongLine = false
      passing = new ValueEnd()
      for (const part of parts) passing.read(part)
      return pushLong(passing, bytes)
    }
    return pushLines(bytes)
  }

  function pushLines(bytes: Buffer): Block[] {
    parts.push(bytes)
    size += bytes.length
    if (inLongLine) {
      if (bytes.indexOf(NEWLINE) < 0) return []
      inLongLine = false
    }
    if (size < target) return []
    parts.pop()
    size -= bytes.length
    const { blocks, next } = join(takeRest(), bytes)
    return next < bytes.length ? [...blocks, ...cut(bytes.subarray(next))] : blocks
  }

  return {
    push(bytes) {
      if (bytes.length <= SLICE_BYTES) return bytes.length === 0 ? [] : pushSlice(bytes)
      const blocks: Block[] = []
      for (let at = 0; at < bytes.length; at += SLICE_BYTES)
        for (const block of pushSlice(bytes.subarray(at, at + SLICE_BYTES))) blocks.push(block)
      return blocks
    },
    end() {
      inLongLine = false
      if (passing) {
        const { ended } = passing
        passing = null
        return pass(true, ended)
      }
      if (size === 0) return []
      const rest = takeRest()
      const tailStart = rest.lastIndexOf(NEWLINE) + 1
      const blocks: Block[] = []
      if (tailStart === rest.length || hasCompleteTail(rest.subarray(tailStart))) {
        blocks.push({ offset, bytes: rest, complete: true })
      } else {
        if (tailStart > 0) blocks.push({ offset, bytes: rest.subarray(0, tailStart), complete: true })
        blocks.push({ offset: offset + tailStart, bytes: rest.subarray(tailStart), complete: false })
      }
      offset += rest.length
      return blocks
    },
  }
}

/**
 * The JSON values of a block in order. `startLine` is the 1-based line of its first byte. A line is read at once
 * when it is one clean value; only lines that are not are looked at byte by byte. Blank lines give nothing.
 */
export function parseBlock(block: Block, startLine: number): RawRecord[] {
  const { bytes } = block
  const records: RawRecord[] = []
  const ascii = isAscii(bytes)
  const clean = ascii || isUtf8(bytes)
  let line = startLine
  let start = 0
  while (start < bytes.length) {
    let newline = bytes.indexOf(NEWLINE, start)
    const last = newline < 0
    if (last) newline = bytes.length
    let end = newline
    if (end > start && bytes[end - 1] === CARRIAGE_RETURN) end--
    if (end > start) {
      const own = bytes.subarray(start, end)
      const tooMany = hasTooManyValues(own)
      const value = tooMany ? null : parseCleanLine(own, ascii, clean)
      const place = { offset: block.offset + start, length: end - start, line }
      if (tooMany) records.push({ ...place, value: null, problem: 'too_many_values', healed: false })
      else if (value) {
        records.push({ ...place, value, problem: null, healed: false })
      } else {
        const mayBeCut = last && !block.complete
        for (const record of healLine(own, block.offset + start, line, mayBeCut)) {
          records.push(record)
        }
      }
    }
    line++
    start = newline + 1
  }
  return records
}

/** How many lines end in a block: the next block starts so many lines further on. */
export function countLines(block: Block): number {
  let lines = 0
  for (let at = block.bytes.indexOf(NEWLINE); at >= 0; at = block.bytes.indexOf(NEWLINE, at + 1)) lines++
  return lines
}

function parseCleanLine(bytes: Buffer, ascii: boolean, clean: boolean) {
  if (!clean && !isUtf8(bytes)) return null
  try {
    // latin1 is the same text for ASCII, several times cheaper to make and half as large.
    const text = bytes.toString(ascii || isAscii(bytes) ? 'latin1' : 'utf8')
    const value: unknown = JSON.parse(text)
    return typeof value === 'object' && value !== null && !Array.isArray(value)
      ? (value as Record<string, unknown>)
      : null
  } catch {
    return null
  }
}
