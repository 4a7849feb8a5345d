// Finds the code of the thread: in the build it is a file of its own, from the sources it is put together once.
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { projectRoot } from '@/db/project-root'

/** A file to be run, or code. */
export type ThreadCode = { file: string } | { code: string }

let found: Promise<ThreadCode> | null = null

export function threadCode(): Promise<ThreadCode> {
  found ??= find()
  found.catch(() => {
    found = null
  })
  return found
}

async function find(): Promise<ThreadCode> {
  const { MAKIMA_BUILD } = process.env
  const file = MAKIMA_BUILD ? join(MAKIMA_BUILD, 'makima', 'redact.mjs') : ''
  if (file !== '' && existsSync(file)) return { file }
  const { build } = await import('esbuild')
  const root = projectRoot()
  const { outputFiles } = await build({
    absWorkingDir: root,
    entryPoints: ['server/redact/thread.ts'],
    bundle: true,
    write: false,
    platform: 'node',
    format: 'cjs',
    target: 'node20',
    alias: { '@': root },
    logLevel: 'silent',
  })
  return { code: outputFiles[0]?.text ?? '' }
}
