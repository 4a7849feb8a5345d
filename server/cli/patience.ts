// Owns what a person at a terminal sees while the server works: that it does, and for how long already.

/** What is answered sooner needs no word. */
const SOON_MS = 1_000

/** Waits for `work`, telling on stderr how long it takes; a program is told nothing. */
export async function withPatience<T>(work: Promise<T>, terminal: NodeJS.WriteStream = process.stderr): Promise<T> {
  if (!terminal.isTTY) return work
  const started = Date.now()
  let told = false
  const timer = setInterval(() => {
    told = true
    terminal.write(`\r  working … ${Math.round((Date.now() - started) / 1_000)} s `)
  }, SOON_MS)
  try {
    return await work
  } finally {
    clearInterval(timer)
    if (told) terminal.write('\r\u001B[2K')
  }
}
