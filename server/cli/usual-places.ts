// Owns the import that a start does by itself, in the background.
import type { Address } from './http'
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
