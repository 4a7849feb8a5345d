// The database in fixtures was written by SQLite itself, with small pages, so that its tables have inner pages and long
// rows go on in pages of their own; its last changes are in the log only, as while OpenCode runs.
import { copyFileSync, mkdtempSync, readFileSync, truncateSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import type { Candidate, Skipped } from '@/server/services/import/candidates'
import { findInFile } from '@/server/services/import/candidates'
import { listDatabaseSessions } from './database-candidates'

const fixtures = join(import.meta.dirname, 'fixtures')

function copyDatabase(): string {
  const path = join(mkdtempSync(join(tmpdir(), 'makima-opencode-')), 'opencode.db')
  for (const suffix of ['', '-wal']) copyFileSync(join(fixtures, `opencode.db${suffix}`), path + suffix)
  return path
}

async function read(candidate: Candidate | undefined, from = 0) {
  const pieces: Buffer[] = []
  for await (const piece of candidate?.open(from) ?? []) pieces.push(piece)
  return Buffer.concat(pieces)
}

type Document = { info: Record<string, unknown>; messages: { info: { id: string }; parts: { id: string }[] }[] }
const parse = (bytes: Buffer): Document => JSON.parse(bytes.toString('utf8'))

describe('a database of OpenCode', () => {
  test('gives each session as one document, with what is committed but not in the file yet', async () => {
    const path = copyDatabase()
    const [main, child, ...others] = listDatabaseSessions(path, [])
    expect(others).toEqual([])
    expect([main?.path, child?.path]).toEqual([`${path}#ses_aa11`, `${path}#ses_bb22`])
    const document = parse(await read(main))
    expect(document.info).toMatchObject({
      id: 'ses_aa11',
      directory: '/home/ada/garden',
      title: 'Watering plan for the summer',
      time: { created: 1_770_000_000_000, updated: 1_770_000_100_000 },
    })
    expect(document.messages.map(({ info }) => info.id)).toEqual(['msg_01', 'msg_02', 'msg_03', 'msg_04'])
    expect(document.messages[1]?.parts.map(({ id }) => id)).toEqual([
      'prt_04',
      'prt_05',
      'prt_06',
      'prt_07',
      'prt_08',
      'prt_09',
    ])
    expect(document.messages[1]?.parts[1]).toMatchObject({
      text: expect.stringMatching(/^Which beds.*Bed 59 is dry – as it was\.$/),
    })
    expect(parse(await read(child)).info).toMatchObject({ id: 'ses_bb22', parentID: 'ses_aa11' })
  })

  test('knows the length of a document before it is read, and can begin anywhere in it', async () => {
    for (const candidate of listDatabaseSessions(copyDatabase(), [])) {
      const bytes = await read(candidate)
      expect(candidate.bytes).toBe(bytes.length)
      expect(await read(candidate, 200)).toEqual(bytes.subarray(200))
    }
  })

  test('tells a session that changed by its identity, and leaves the others alone', () => {
    const path = copyDatabase()
    const [main, child] = listDatabaseSessions(path, [])
    writeFileSync(`${path}-wal`, '')
    const [before, same] = listDatabaseSessions(path, [])
    expect(before?.identity).not.toBe(main?.identity)
    expect(same?.identity).toBe(child?.identity)
  })

  test('half a change in the log counts as none', async () => {
    const path = copyDatabase()
    truncateSync(`${path}-wal`, readFileSync(`${path}-wal`).length - 100)
    const document = parse(await read(listDatabaseSessions(path, [])[0]))
    expect(document.info.title).toBe('Watering plan')
    expect(document.messages).toHaveLength(4)
    const log = readFileSync(`${path}-wal`)
    log.writeUInt8(log.readUInt8(600) ^ 1, 600)
    writeFileSync(`${path}-wal`, log)
    expect(parse(await read(listDatabaseSessions(path, [])[0])).messages).toHaveLength(3)
  })

  test('is read anew when it was changed between being listed and being read', async () => {
    const path = copyDatabase()
    const log = readFileSync(`${path}-wal`)
    writeFileSync(`${path}-wal`, '')
    const [listed] = listDatabaseSessions(path, [])
    writeFileSync(`${path}-wal`, log)
    writeFileSync(path, readFileSync(path))
    expect(parse(await read(listed)).messages).toHaveLength(4)
  })

  test('with damaged pages gives what the others hold, and says so', async () => {
    const whole = readFileSync(copyDatabase())
    let told = 0
    for (let page = 1; page * 512 < whole.length; page++) {
      const path = copyDatabase()
      const bytes = Buffer.from(whole)
      bytes.fill(0xee, page * 512, page * 512 + 512)
      writeFileSync(path, bytes)
      const skipped: Skipped[] = []
      for (const candidate of await findInFile(path, skipped).catch(() => [])) await read(candidate).then(parse, String)
      if (skipped.some(({ reason }) => /pages are damaged/.test(reason))) told++
    }
    expect(told).toBeGreaterThan(3)
  })

  test('is told from other databases and from files that are none', () => {
    const path = copyDatabase()
    const bytes = readFileSync(path)
    bytes.write('prat', bytes.indexOf('tablepartpart') + 'table'.length, 'latin1')
    writeFileSync(path, bytes)
    writeFileSync(`${path}-wal`, '')
    expect(() => listDatabaseSessions(path, [])).toThrow(/no database of OpenCode/)
    writeFileSync(path, 'SQLite? No.')
    expect(() => listDatabaseSessions(path, [])).toThrow(/no SQLite database/)
  })
})
