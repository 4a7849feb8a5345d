// Owns where the checkout is: sources, bundles in dist/ and Next's own bundles all need migrations and binaries from it.
import { existsSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

/** The folder that holds our package.json. The launcher names it in MAKIMA_ROOT; otherwise it is looked for upwards. */
export function projectRoot(): string {
  if (process.env.MAKIMA_ROOT) return process.env.MAKIMA_ROOT
  for (const start of [dirname(fileURLToPath(import.meta.url)), process.cwd()]) {
    for (let folder = start; ; folder = dirname(folder)) {
      if (isOurs(join(folder, 'package.json'))) return folder
      if (folder === dirname(folder)) break
    }
  }
  throw new Error('The folder of Makima was not found. Start it with `npm start` in its folder.')
}

function isOurs(manifest: string): boolean {
  return existsSync(manifest) && (JSON.parse(readFileSync(manifest, 'utf8')) as { name?: string }).name === 'makima'
}
