// Import of Claude Code transcripts into a fresh database, beside COPY of the same raw lines and beside only parsing them.
import { fork } from 'node:child_process'
import { createReadStream, readFileSync, writeFileSync } from 'node:fs'
import { createInterface } from 'node:readline'
import { pipeline } from 'node:stream/promises'
import { join } from 'node:path'
import { DATA_NAME, type Grown, growSessions } from './data'
import type { ImporterAnswer } from './importer'
import { compare, type Line, type Measure, timed } from './report'
import type { World } from './world'

export const title = 'Import of Claude Code transcripts'

export async function measure(world: World): Promise<{ lines: Line[]; notes: string[] }> {
  const megabytes = world.quick ? 40 : world.full ? 700 : 300
  const rounds = world.quick ? 1 : 3
  const folder = join(world.folder, 'projects')
  const data = growSessions(folder, megabytes * 1e6)
  const raw = writeRawLines(world, data)
  const speed = (seconds: number) => data.bytes / 1e6 / seconds
  const ours: number[] = []
  const again: number[] = []
  const peaks: number[] = []
  const copies = new Map<string, number[]>((await listCompressions(world)).map((name) => [name, []]))
  const parses: number[] = []
  let totals: ImporterAnswer['totals'] = null
  for (let round = 0; round < rounds; round++) {
    world.say(`import: round ${round + 1} of ${rounds}`)
    parses.push(speed((await timed(() => parseOnly(data))) / 1000))
    for (const [compression, speeds] of copies) speeds.push(speed(await copyRaw(world, raw, compression)))
    const database = await world.createDatabase(`import_${round}`)
    const first = await runImporter(world, folder, database.url, database.home)
    ours.push(speed(first.seconds))
    peaks.push(first.peakMegabytes)
    totals = first.totals
    const second = await runImporter(world, folder, database.url, database.home)
    again.push(second.seconds)
    await database.close()
  }
  const rate = (samples: number[]): Measure => ({ unit: 'MB/s', samples })
  const least = { text: '≥ 20 MB/s and ≥ 0.4 ×', isReached: (mbs: number, ratio: number) => mbs >= 20 && ratio >= 0.4 }
  return {
    lines: [
      ...[...copies].map(([compression, speeds]) =>
        compare('first import', rate(ours), { name: `COPY, ${compression}`, measure: rate(speeds) }, least),
      ),
      compare('first import', rate(ours), { name: 'read and JSON.parse', measure: rate(parses) }),
      {
        name: 'peak memory of the importer',
        ours: { unit: 'MB', samples: peaks.map(Math.round) },
        target: { text: '< 500 MB', reached: Math.max(...peaks) < 500 },
      },
      { name: 'second import, nothing changed', ours: { unit: 's', samples: again } },
    ],
    notes: [
      `${DATA_NAME}: ${Math.round(data.bytes / 1e6)} MB, ${data.files.length} files, ${data.lines.toLocaleString('en')} lines; ` +
        `${totals?.records.toLocaleString('en')} records became ${totals?.messages.toLocaleString('en')} messages`,
    ],
  }
}

/** All lines as COPY's text format wants them, so that the yardstick has nothing left to do but send. */
function writeRawLines(world: World, data: Grown): string {
  const file = join(world.folder, 'raw-lines.copy')
  writeFileSync(file, '')
  for (const path of data.files) {
    const text = readFileSync(path, 'latin1')
    writeFileSync(file, text.replaceAll('\\', '\\\\').replaceAll('\t', '\\t').replaceAll('\r', '\\r'), {
      encoding: 'latin1',
      flag: 'a',
    })
  }
  return file
}

/** How this server can compress long values: `pglz` everywhere, `lz4` where it was built with it. */
async function listCompressions(world: World): Promise<string[]> {
  const { sql, close } = await world.createDatabase('settings')
  const [row] = await sql<{ enumvals: string[] }[]>`
    select enumvals from pg_settings where name = 'default_toast_compression'`
  await close()
  return row?.enumvals ?? ['pglz']
}

async function copyRaw(world: World, file: string, compression: string): Promise<number> {
  const database = await world.createDatabase(`copy_${compression}`)
  await database.raw.unsafe(`create table raw_lines (line text compression ${compression})`)
  const ms = await timed(async () => {
    const stream = await database.raw`copy raw_lines from stdin`.writable()
    await pipeline(createReadStream(file, { highWaterMark: 1 << 20 }), stream)
  })
  await database.close()
  return ms / 1000
}

async function parseOnly(data: Grown): Promise<void> {
  for (const path of data.files) {
    for await (const line of createInterface({ input: createReadStream(path, { highWaterMark: 1 << 20 }) })) {
      try {
        JSON.parse(line)
      } catch {
        // Recorded sessions hold broken lines.
      }
    }
  }
}

function runImporter(world: World, path: string, url: string, home: string): Promise<ImporterAnswer> {
  return new Promise((resolve, reject) => {
    const child = fork(join(import.meta.dirname, 'importer.ts'), [path, url, home], { stdio: ['ignore', 2, 2, 'ipc'] })
    world.onEnd(() => child.kill())
    let answer: ImporterAnswer | undefined
    child.on('message', (message) => (answer = message as ImporterAnswer))
    child.on('error', reject)
    child.on('exit', (code) => {
      if (answer && answer.error === null) resolve(answer)
      else reject(new Error(answer?.error ?? `the importer ended with ${code}`))
    })
  })
}
