// Owns opening the person's browser.
import { spawn } from 'node:child_process'
import { platform } from 'node:os'

/** Opens `url`; on a machine without a browser nothing happens, as the address is printed anyway. */
export function openBrowser(url: string): void {
  const [command, args] =
    platform() === 'darwin'
      ? ['open', [url]]
      : platform() === 'win32'
        ? ['cmd', ['/c', 'start', '', url]]
        : ['xdg-open', [url]]
  const child = spawn(command, args, { stdio: 'ignore', detached: true })
  child.on('error', () => {})
  child.unref()
}

/** True when somebody sits at this terminal: not in CI, and on Linux only with a display. */
export function canOpenBrowser(env: NodeJS.ProcessEnv): boolean {
  if (!process.stdout.isTTY || env.CI) return false
  return platform() !== 'linux' || Boolean(env.DISPLAY || env.WAYLAND_DISPLAY)
}
