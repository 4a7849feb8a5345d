// Lines of a stream, of which none is held that is longer than it may be.

const NEWLINE = 0x0a

/** The stream's lines without their ends. @throws RangeError as soon as one has more than `most` bytes. */
export async function* splitLines(stream: AsyncIterable<Buffer>, most: number): AsyncGenerator<string> {
  let begun: Buffer[] = []
  let size = 0
  for await (const part of stream) {
    let from = 0
    for (let end = part.indexOf(NEWLINE); end !== -1; end = part.indexOf(NEWLINE, from)) {
      refuse(size + end - from, most)
      yield Buffer.concat([...begun, part.subarray(from, end)]).toString()
      begun = []
      size = 0
      from = end + 1
    }
    size += part.length - from
    refuse(size, most)
    if (from < part.length) begun.push(part.subarray(from))
  }
  if (size > 0) yield Buffer.concat(begun).toString()
}

function refuse(size: number, most: number): void {
  if (size > most) throw new RangeError(`a line has more than ${most} bytes`)
}
