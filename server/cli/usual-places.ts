// Owns what a start does by itself, in the background: it imports the agents' history and then follows what they do.
import { setTimeout as sleep } from 'node:timers/promises'
import { type Address, call } from './http'
import { followImport, progressLine, reportLines, requestImport } from './imports'

/** Imports what lies in the agents' usual places and tells how it goes; never throws. */
export async function importUsualPlaces(
  address: Address,
  say: (line: string) => void,
  ending: AbortSignal,
): Promise<void> {
  let last = ''
  let shownAt = 0
  try {
    const importId = await requestImport(address)
    const answer = await followImport(
      address,
      importId,
      (progress) => {
        const line = `Importing your agents' history: ${progressLine(progress)}`
        if (line === last || progress.sourcesTotal === 0 || Date.now() - shownAt < 2_000) return
        last = line
        shownAt = Date.now()
        say(line)
      },
      ending,
    )
    if (answer.sources.length === 0)
      return say('No agent history was found in the usual places. `makima import PATH` takes any.')
    say(`Imported your agents' history:\n${reportLines(answer).join('\n')}`)
  } catch (error) {
    if (!ending.aborted) say(`The import did not finish: ${error instanceof Error ? error.message : String(error)}`)
  }
}

/** Asks for the usual places to be followed until `ending`; a server that is away for a moment is asked again. */
export async function followUsualPlaces(address: Address, ending: AbortSignal): Promise<void> {
  while (!ending.aborted) {
    const asked = call<{ seconds: number }>(address, 'POST', '/captures/watch')
    const { seconds } = await asked.catch(() => ({ seconds: 15 }))
    await sleep((seconds * 1_000) / 3, undefined, { signal: ending }).catch(() => {})
  }
}
