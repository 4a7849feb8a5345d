// Splits output into lines without ever holding more than one of them, however much is written.
import { StringDecoder } from 'node:string_decoder'

/** A longer line is no message of an agent; it is passed over. */
const LONGEST_LINE = 64 << 20

/** Lines without their newline, also the last one when it has none. */
export async function* readLines(output: AsyncIterable<Buffer>, longest = LONGEST_LINE): AsyncGenerator<string> {
  const decoder = new StringDecoder('utf8')
  let parts: string[] = []
  let length = 0
  const add = (text: string) => {
    length += text.length
    if (length <= longest) parts.push(text)
    else parts = []
  }
  const take = (): string | null => {
    const line = length <= longest ? parts.join('') : null
    parts = []
    length = 0
    return line
  }
  try {
    for await (const piece of output) {
      const lines = decoder.write(piece).split('\n')
      const last = lines.pop() ?? ''
      for (const text of lines) {
        add(text)
        const line = take()
        if (line !== null) yield line
      }
      add(last)
    }
  } catch (error) {
    // The stream was closed under us because the program has ended: what was read before counts.
    if ((error as NodeJS.ErrnoException).code !== 'ERR_STREAM_PREMATURE_CLOSE') throw error
  }
  add(decoder.end())
  const line = take()
  if (line) yield line
}
