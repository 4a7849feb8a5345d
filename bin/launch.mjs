// Owns the way from a command to our own code: make everything ready, then hand over to the bundled command line.
import { existsSync } from 'node:fs'
import { createRequire } from 'node:module'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { build, buildFolder, checkGit, install, root, run, say, Told, useBuild } from './prepare.mjs'

/** `makima [command] [options]`; no command means `up`. */
export async function launch(argv) {
  const args = argv.length === 0 || isOptionOfUp(argv[0]) ? ['up', ...argv] : argv
  await orSay(async () => {
    if (args[0] === 'up' || args[0] === 'build') checkGit()
    // An agent waits for its hook and reads what it says: it is never made to wait for a build, nor told of one.
    if (args[0] === 'hooks' && args[1] === 'run' && !existsSync(buildFolder())) return
    // Only what was never built makes `makima import` or `makima doctor` wait.
    const ready = existsSync(buildFolder()) && args[0] !== 'up'
    if (!ready) await install()
    const folder = await build()
    if (args[0] === 'build') return say('The build is up to date.')
    useBuild(folder)
    process.env.MAKIMA_ROOT = root
    process.env.MAKIMA_BUILD = folder
    const { main } = await import(pathToFileURL(join(folder, 'makima', 'cli.mjs')).href)
    await main(args)
  })
}

/** `npm run bench [-- names]`. */
export async function bench(names) {
  await orSay(async () => {
    checkGit()
    await install()
    const folder = await build()
    useBuild(folder)
    const tsx = createRequire(join(root, 'package.json')).resolve('tsx/cli')
    const env = {
      ...process.env,
      MAKIMA_ROOT: root,
      MAKIMA_BUILD: folder,
      MAKIMA_LOG: process.env.MAKIMA_LOG ?? 'silent',
    }
    process.exitCode = await run(process.execPath, [tsx, 'bench/run.ts', ...names], { env })
  })
}

function isOptionOfUp(word) {
  return word.startsWith('-') && !['-h', '--help', '-V', '--version'].includes(word)
}

async function orSay(work) {
  try {
    await work()
  } catch (error) {
    console.error(error instanceof Told ? error.message : error)
    process.exitCode = 1
  }
}
