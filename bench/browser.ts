// A Chromium without a window, and what is watched in its pages: long tasks, frames, first messages, sizes of answers.
import { accessSync, constants, existsSync } from 'node:fs'
import { delimiter, join } from 'node:path'
import { type Browser, type BrowserContext, chromium, type Page } from '@playwright/test'

const FLAGS = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
]

/** The path of a Chromium on this machine, or null. */
export function findChromium(): string | null {
  if (process.env.CHROMIUM_PATH) return process.env.CHROMIUM_PATH
  if (existsSync(chromium.executablePath())) return chromium.executablePath()
  const names = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable']
  const paths = (process.env.PATH ?? '').split(delimiter).flatMap((folder) => names.map((name) => join(folder, name)))
  return paths.find(isProgram) ?? null
}

function isProgram(path: string): boolean {
  try {
    accessSync(path, constants.X_OK)
    return true
  } catch {
    return false
  }
}

export const launchBrowser = (executablePath: string): Promise<Browser> =>
  chromium.launch({ executablePath, args: FLAGS })

/** A browser, and the cookies with which its pages begin. */
export type SignedIn = { browser: Browser; storageState: StorageState }

type StorageState = Awaited<ReturnType<BrowserContext['storageState']>>

/** Signs in by a one-time link. */
export async function signIn(browser: Browser, link: string): Promise<SignedIn> {
  const context = await browser.newContext()
  await context.request.get(link)
  const storageState = await context.storageState()
  await context.close()
  return { browser, storageState }
}

export type Watched = {
  /** Milliseconds from asking for the page to the first message in sight; null while there is none. */
  firstMessage: number | null
  /** Lengths of tasks over 50 ms, in ms. */
  longTasks: number[]
  /** Gaps between frames, in ms. */
  frames: number[]
}

declare global {
  interface Window {
    watched: Watched
  }
}

/** A page in a context of its own (nothing cached) that watches itself, and the decoded sizes of its answers by address. */
export async function openWatched({ browser, storageState }: SignedIn): Promise<{
  page: Page
  context: BrowserContext
  answers: () => { url: string; bytes: number }[]
}> {
  const context = await browser.newContext({ storageState, viewport: { width: 1440, height: 900 } })
  // The compiler that runs these files wraps functions in a helper that pages do not have.
  await context.addInitScript('globalThis.__name = (value) => value')
  await context.addInitScript(watch)
  const page = await context.newPage()
  const devtools = await context.newCDPSession(page)
  const sizes = new Map<string, { url: string; bytes: number }>()
  devtools.on('Network.requestWillBeSent', ({ requestId, request }) =>
    sizes.set(requestId, { url: request.url, bytes: 0 }),
  )
  devtools.on('Network.dataReceived', ({ requestId, dataLength }) => {
    const size = sizes.get(requestId)
    if (size) size.bytes += dataLength
  })
  await devtools.send('Network.enable')
  return { page, context, answers: () => [...sizes.values()] }
}

/** Runs in the page before anything of it. */
function watch(): void {
  window.watched = { firstMessage: null, longTasks: [], frames: [] }
  const { watched } = window
  new PerformanceObserver((list) => {
    for (const entry of list.getEntries()) watched.longTasks.push(entry.duration)
  }).observe({ type: 'longtask', buffered: true })
  // Messages are also drawn above and below what is in sight.
  const isMessageVisible = () =>
    [...document.querySelectorAll('[role="feed"] article')].some((message) => {
      const box = message.getBoundingClientRect()
      return box.height > 0 && box.bottom > 0 && box.top < innerHeight
    })
  let before = performance.now()
  const eachFrame = (now: number) => {
    watched.frames.push(now - before)
    before = now
    if (watched.firstMessage === null && isMessageVisible()) watched.firstMessage = performance.now()
    requestAnimationFrame(eachFrame)
  }
  requestAnimationFrame(eachFrame)
}
