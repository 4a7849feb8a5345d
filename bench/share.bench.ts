// Opening a shared conversation of 10,000 messages in a real browser, beside writing the whole copy out as one page.
import { join } from 'node:path'
import { findChromium, launchBrowser } from './browser'
import { growConversation } from './data'
import { startMakima } from './makima'
import { compare, type Report, timed } from './report'
import type { World } from './world'

export const title = 'A share of 10,000 messages'

export async function measure(world: World): Promise<Omit<Report, 'figure' | 'title'>> {
  const chromium = findChromium()
  if (chromium === null) return { lines: [], notes: [], skipped: 'no Chromium was found' }
  const grown = await growConversation(
    join(world.folder, 'talk', 'session.jsonl'),
    world.quick ? 1_000 : world.full ? 27_000 : 20_000,
  )
  world.say('share: starting Makima')
  const makima = await startMakima(world)
  const { sources } = await makima.importPath(grown.file)
  const taskId = sources[0]?.taskId
  if (!taskId) throw new Error('the conversation was not imported')
  let path = ''
  let messages = 0
  const making = await timed(async () => {
    const answer = await makima.ask('/api/v1/shares', { method: 'POST', body: JSON.stringify({ taskId }) })
    const made = (await answer.json()) as { path: string; messages: number }
    ;({ path, messages } = made)
  })
  const browser = await launchBrowser(chromium)
  world.onEnd(() => browser.close())
  const [opened, whole]: [number[], number[]] = [[], []]
  for (let round = -1; round < (world.quick ? 2 : 6); round++) {
    const context = await browser.newContext({ javaScriptEnabled: false })
    const page = await context.newPage()
    const open = await timed(() => page.goto(`${makima.url}${path}`))
    const all = await timed(async () => {
      for (let n = 1, pages = 1; n <= pages; n++) {
        const answer = await makima.ask(`/api/v1${path.replace('/share', '/shares')}/conversation?page=${n}`)
        pages = ((await answer.json()) as { pages: number }).pages
      }
    })
    await context.close()
    if (round < 0) continue
    opened.push(open)
    whole.push(all)
  }
  const naive = { name: 'reading all of its pages', measure: { unit: 'ms' as const, samples: whole } }
  return {
    lines: [
      compare('the page is there', { unit: 'ms', samples: opened }, naive, {
        text: '< 300 ms',
        isReached: (value) => value < 300,
      }),
      { name: 'making the copy: scan, mask, freeze', ours: { unit: 'ms', samples: [making] } },
    ],
    notes: [`${Math.round(grown.bytes / 1e6)} MB of transcript, ${messages.toLocaleString('en')} messages shared`],
  }
}
