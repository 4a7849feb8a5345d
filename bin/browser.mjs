// Owns finding a Chromium for the browser tests, or installing one.
import { spawnSync } from 'node:child_process'
import { accessSync, constants, existsSync } from 'node:fs'
import { createRequire } from 'node:module'
import { delimiter, join } from 'node:path'
import { root, run, say, Told } from './prepare.mjs'

const NAMES = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable']

/** Path of a Chromium that is there, or null. */
export function findBrowser() {
  if (process.env.CHROMIUM_PATH) {
    if (existsSync(process.env.CHROMIUM_PATH)) return process.env.CHROMIUM_PATH
    throw new Told(`CHROMIUM_PATH names ${process.env.CHROMIUM_PATH}, and there is no such file.`)
  }
  const { chromium } = createRequire(join(root, 'package.json'))('@playwright/test')
  if (existsSync(chromium.executablePath())) return chromium.executablePath()
  for (const folder of (process.env.PATH ?? '').split(delimiter)) {
    for (const name of NAMES) if (isProgram(join(folder, name))) return join(folder, name)
  }
  const onMac = '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome'
  return existsSync(onMac) ? onMac : null
}

/** Finds a Chromium or installs one; throws the sentence to follow when neither works. */
export async function browser() {
  const found = findBrowser()
  if (found !== null) return found
  const output = []
  if (process.getuid?.() === 0 && isProgram('/usr/bin/apt-get')) {
    say('  no browser found; installing Chromium with apt-get …')
    const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' }
    await run('apt-get', ['update'], { env, output, timeoutMs: 120_000 })
    await run('apt-get', ['install', '-y', '--no-install-recommends', 'chromium'], { env, output, timeoutMs: 300_000 })
  } else {
    say('  no browser found; downloading Chromium with Playwright …')
    const cli = createRequire(join(root, 'package.json')).resolve('@playwright/test/cli')
    await run(process.execPath, [cli, 'install', 'chromium'], { output, timeoutMs: 300_000 })
  }
  const installed = findBrowser()
  if (installed !== null && works(installed)) return installed
  const tail = Buffer.concat(output).toString().trim().split('\n').slice(-5).join('\n')
  throw new Told(
    `No browser was found and none could be installed:\n${tail}\n` +
      'Install Chromium or Chrome (Debian: `apt-get install chromium`; elsewhere: `npx playwright install chromium`), ' +
      'or name one in CHROMIUM_PATH, and run `npm test` again.',
  )
}

function works(path) {
  return spawnSync(path, ['--version'], { timeout: 30_000 }).status === 0
}

function isProgram(path) {
  try {
    accessSync(path, constants.X_OK)
    return true
  } catch {
    return false
  }
}
