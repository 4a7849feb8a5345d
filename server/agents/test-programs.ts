// The real programs of agents, for tests: installed once into a cache folder of this checkout.
import { execFile } from 'node:child_process'
import { mkdir, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { withFileLock } from '@/server/file-lock'

const run = promisify(execFile)

/** Versions that run on the oldest Node that Makima runs on. */
const PACKAGES = {
  claude: ['@anthropic-ai/claude-code', '2.1.330'],
  codex: ['@openai/codex', '0.169.0'],
  opencode: ['opencode-ai', '1.18.33'],
  gemini: ['@google/gemini-cli', '0.61.0'],
} as const

/** The file of a program; null, with the reason on the console, when it cannot be installed here. */
export async function installProgram(command: keyof typeof PACKAGES): Promise<string | null> {
  const [name, version] = PACKAGES[command]
  const folder = join(process.cwd(), 'node_modules', '.cache', 'makima-agents', `${command}-${version}`)
  const file = join(folder, 'node_modules', '.bin', command)
  const mark = join(folder, 'installed')
  try {
    await mkdir(folder, { recursive: true })
    // Several test files may want it at the same moment.
    await withFileLock(
      join(folder, 'lock'),
      async () => {
        if (await exists(mark)) return
        await writeFile(join(folder, 'package.json'), '{"private":true}\n')
        await run('npm', ['install', '--no-audit', '--no-fund', '--engine-strict=false', `${name}@${version}`], {
          cwd: folder,
          timeout: 240_000,
        })
        await run(file, ['--version'], { cwd: folder, timeout: 60_000, env: { ...process.env, HOME: folder } })
        await writeFile(mark, '')
      },
      300_000,
    )
    return file
  } catch (error) {
    console.warn(
      `${name} ${version} cannot be installed here, so its tests are skipped: ${String(error).slice(0, 300)}`,
    )
    return null
  }
}

async function exists(path: string): Promise<boolean> {
  return (await stat(path).catch(() => null)) !== null
}
