// A real worker process for tests: bundled as in production, started on a test's database and data folder, killed at will.
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdirSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { build } from 'esbuild'
import { projectRoot } from '@/db/project-root'

/** Bundles the worker and answers with the file; `remove` deletes it. */
export async function buildWorker(): Promise<{ file: string; remove: () => void }> {
  // Inside the project, so that packages are found.
  const folder = join(projectRoot(), 'node_modules', '.cache', 'makima-test')
  mkdirSync(folder, { recursive: true })
  const file = join(folder, `worker-${process.pid}.mjs`)
  await build({
    entryPoints: [join(projectRoot(), 'server/cli/worker.ts')],
    outfile: file,
    bundle: true,
    platform: 'node',
    format: 'esm',
    target: 'node20',
    packages: 'external',
    logLevel: 'error',
  })
  return { file, remove: () => rmSync(file, { force: true }) }
}

export type WorkerProcess = {
  child: ChildProcess
  /** Everything it wrote to stderr so far. */
  log: () => string
  /** Ends it without any warning, and waits until it is gone. */
  kill: (signal?: NodeJS.Signals) => Promise<number | null>
}

export function startWorker(file: string, options: { url: string; home: string }): WorkerProcess {
  const child = spawn(process.execPath, [file], {
    stdio: ['ignore', 'ignore', 'pipe'],
    env: {
      ...process.env,
      DATABASE_URL: options.url,
      MAKIMA_HOME: options.home,
      MAKIMA_ROOT: projectRoot(),
      MAKIMA_LOG: 'info',
    },
  })
  let log = ''
  child.stderr?.on('data', (data: Buffer) => {
    log += data.toString()
  })
  const gone = once(child, 'exit')
  return {
    child,
    log: () => log,
    kill: async (signal = 'SIGKILL') => {
      child.kill(signal)
      await gone
      return child.exitCode
    },
  }
}
