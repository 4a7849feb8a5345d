// Finding and masking what must not be shown, in a conversation of ten megabytes, beside merely reading it as JSON.
import { createMask } from '@/server/redact/mask'
import { scanTexts } from '@/server/redact/scan'
import { PLANTED_KINDS, plantSecrets } from '@/server/redact/test-secrets'
import { type Line, timed } from './report'
import type { World } from './world'

export const title = 'Redaction of a conversation of 10 MB'

const WORDS =
  'the agent reads a file and writes another one, then runs the tests: const total = rows.reduce((sum, row) => sum + row.count, 0) // see README'
const PLANTED = 300

export async function measure(world: World): Promise<{ lines: Line[]; notes: string[] }> {
  const rounds = world.quick ? 1 : 5
  const bytes = world.quick ? 1_000_000 : 10_000_000
  const planted = plantSecrets(PLANTED, 11)
  const texts: string[] = []
  for (let size = 0, n = 0; size < bytes; n++) {
    const text = `${n} ${WORDS} `.repeat(1 + (n % 40))
    texts.push(text)
    size += text.length
  }
  for (const [n, { text }] of planted.entries()) texts[n * 3] += ` ${text} `
  const [ours, reading]: [number[], number[]] = [[], []]
  let left = 0
  let wordsMasked = 0
  for (let round = 0; round < rounds; round++) {
    ours.push(
      await timed(async () => {
        const mask = createMask(await scanTexts(texts))
        const masked = texts.map(mask)
        left = planted.filter(({ secret }, n) => masked[n * 3]?.includes(secret)).length
        wordsMasked = masked.filter((text, n) => n % 3 !== 0 && text !== texts[n]).length
      }),
    )
    const json = JSON.stringify(texts)
    reading.push(await timed(() => JSON.parse(json)))
  }
  const seconds = ours.map((ms) => ms / 1_000)
  return {
    lines: [
      {
        name: 'scan and mask',
        ours: { unit: 's', samples: seconds },
        yardstick: { name: 'JSON.parse of it', measure: { unit: 's', samples: reading.map((ms) => ms / 1_000) } },
        target: { text: '< 2 s', reached: Math.max(...seconds) < 2 },
      },
      {
        name: `of ${PLANTED} planted secrets of ${PLANTED_KINDS} kinds, left unmasked`,
        ours: { unit: 'rows', samples: [left] },
        target: { text: 'none', reached: left === 0 },
      },
      {
        name: 'ordinary texts that were changed',
        ours: { unit: 'rows', samples: [wordsMasked] },
        target: { text: 'none', reached: wordsMasked === 0 },
      },
    ],
    notes: ['two scanners: secretlint and our own table'],
  }
}
