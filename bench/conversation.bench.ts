// A conversation of 50,000 messages in a real browser, beside what a viewer that loads all of it must do at the least.
import { join } from 'node:path'
import type { Page } from '@playwright/test'
import { findChromium, launchBrowser, openWatched, type SignedIn, signIn } from './browser'
import { DATA_NAME, growConversation } from './data'
import { startMakima } from './makima'
import { compare, type Measure, median, type Report } from './report'
import type { World } from './world'

export const title = 'A conversation of 50,000 messages in the browser'

const WHEEL_STEPS = 60
const WHEEL_PIXELS = 600

export async function measure(world: World): Promise<Omit<Report, 'figure' | 'title'>> {
  const chromium = findChromium()
  if (chromium === null) {
    const skipped = 'no Chromium was found; install one (Debian: apt-get install chromium) or name it in CHROMIUM_PATH'
    return { lines: [], notes: [], skipped }
  }
  const grown = await growConversation(join(world.folder, 'talk', 'session.jsonl'), world.quick ? 3_000 : 50_000)
  world.say('conversation: starting Makima')
  const makima = await startMakima(world)
  world.say(`conversation: importing ${Math.round(grown.bytes / 1e6)} MB`)
  const { sources } = await makima.importPath(grown.file)
  const source = sources[0]
  if (!source?.taskId || !source.id) throw new Error('the conversation was not imported')
  const browser = await launchBrowser(chromium)
  world.onEnd(() => browser.close())
  const reader = await signIn(browser, await makima.makeLink())
  const page = `${makima.url}/tasks/${source.taskId}`
  const rounds = world.quick ? 2 : 5
  // The first visit is the server's, not the reader's.
  await visit(reader, page)
  const [firsts, largest, whole, tasks, frames, jumps]: number[][] = [[], [], [], [], [], []]
  let largestUrl = ''
  let total = 0
  for (let round = 0; round < rounds; round++) {
    world.say(`conversation: round ${round + 1} of ${rounds}`)
    const seen = await visit(reader, page)
    firsts?.push(seen.firstMessage)
    tasks?.push(seen.worstTask)
    frames?.push(seen.worstFrame)
    jumps?.push(seen.jump)
    const biggest = seen.answers.reduce((a, b) => (b.bytes > a.bytes ? b : a))
    largest?.push(Math.round(biggest.bytes / 1000))
    largestUrl = decodeURIComponent(new URL(biggest.url).pathname)
    total = seen.total
    whole?.push(await loadWhole(reader, page, `${makima.url}/api/v1/sources/${source.id}/raw`))
  }
  const ms = (samples: number[] = []): Measure => ({ unit: 'ms', samples })
  const naive = { name: 'fetch and parse all of it', measure: ms(whole) }
  const [worstTask, worstJump] = [Math.max(...(tasks ?? [])), median(jumps ?? [])]
  return {
    lines: [
      compare('first message visible', ms(firsts), naive, { text: '< 500 ms', isReached: (value) => value < 500 }),
      {
        name: 'largest answer, unpacked',
        ours: { unit: 'kB', samples: largest ?? [] },
        target: { text: '≤ 1 MB', reached: Math.max(...(largest ?? [])) <= 1_000 },
      },
      {
        name: `longest task in ${WHEEL_STEPS} wheel steps`,
        ours: ms(tasks),
        target: { text: '≤ 50 ms in every run', reached: worstTask <= 50 },
      },
      { name: 'longest gap between frames meanwhile', ours: ms(frames) },
      compare('jump to the end', ms(jumps), naive, { text: '< 300 ms', isReached: () => worstJump < 300 }),
    ],
    notes: [
      `${DATA_NAME}: ${Math.round(grown.bytes / 1e6)} MB, ${grown.messages.toLocaleString('en')} user and assistant records, shown as ${total.toLocaleString('en')} messages; largest answer: ${largestUrl}`,
      '0 ms as the longest task means that none was over 50 ms, which is where browsers begin to count',
    ],
  }
}

/** Opens the conversation at its end, scrolls up, then opens its start and jumps to the end. */
async function visit(reader: SignedIn, url: string) {
  const { page, context, answers } = await openWatched(reader)
  try {
    await page.goto(url)
    await page.waitForFunction(() => window.watched.firstMessage !== null, undefined, { timeout: 60_000 })
    const firstMessage = await page.evaluate(() => window.watched.firstMessage ?? Number.NaN)
    // What loads after the first message is no part of scrolling.
    await page.waitForTimeout(1_500)
    const total = await page.getByRole('feed').evaluate(lastNumber)
    const scrolled = await scrollUp(page)
    await page.goto(`${url}?at=start`)
    await page.getByRole('feed').getByRole('article').first().waitFor()
    await page.waitForTimeout(500)
    const jump = await jumpToEnd(page, total)
    return { firstMessage, total, jump, answers: answers(), ...scrolled }
  } finally {
    await context.close()
  }
}

/** The number of the last message in sight: "Agent 31,204" is the 31,204th. */
function lastNumber(feed: Element): number {
  const label = [...feed.querySelectorAll('article')].at(-1)?.getAttribute('aria-label') ?? ''
  return Number(/\d+$/.exec(label)?.[0])
}

async function scrollUp(page: Page): Promise<{ worstTask: number; worstFrame: number }> {
  await page.mouse.move(600, 500)
  await page.evaluate(() => Object.assign(window.watched, { longTasks: [], frames: [] }))
  for (let step = 0; step < WHEEL_STEPS; step++) {
    await page.mouse.wheel(0, -WHEEL_PIXELS)
    await page.waitForTimeout(16)
  }
  await page.waitForTimeout(500)
  return page.evaluate(() => ({
    worstTask: Math.max(0, ...window.watched.longTasks),
    worstFrame: Math.max(0, ...window.watched.frames),
  }))
}

/** From the click on "To the end" until the last message is drawn at the place where it stays. */
function jumpToEnd(page: Page, total: number): Promise<number> {
  return page.evaluate(
    (last) =>
      new Promise<number>((resolve, reject) => {
        const button = document.querySelector<HTMLElement>('button[aria-label^="To the end"]')
        const started = performance.now()
        button?.click()
        const look = () => {
          const article = document.querySelector(`[role="feed"] article[aria-label$=" ${last}"]`)
          const feed = document.querySelector('[role="feed"]')?.getBoundingClientRect()
          const box = article?.getBoundingClientRect()
          if (box && feed && box.top < feed.bottom && box.bottom > feed.top) resolve(performance.now() - started)
          else if (performance.now() - started > 30_000) reject(new Error('the end was not reached'))
          else requestAnimationFrame(look)
        }
        requestAnimationFrame(look)
      }),
    total,
  )
}

/** A viewer that keeps no index fetches the whole transcript and parses it before it can show the newest message. */
async function loadWhole({ browser, storageState }: SignedIn, pageUrl: string, rawUrl: string): Promise<number> {
  const context = await browser.newContext({ storageState })
  try {
    const page = await context.newPage()
    await page.goto(pageUrl)
    return await page.evaluate(async (url) => {
      const started = performance.now()
      const text = await (await fetch(url)).text()
      const records = text.split('\n').map((line) => line !== '' && JSON.parse(line))
      return records.length > 0 ? performance.now() - started : Number.NaN
    }, rawUrl)
  } finally {
    await context.close()
  }
}
