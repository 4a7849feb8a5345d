// `makima open`: signs a browser in by a link that works once.
import { canOpenBrowser, openBrowser } from './browser'
import { type Address, addressOf, call } from './http'
import { type OutputOptions, print, say, wantsJson } from './output'

export type OpenOptions = OutputOptions & { print?: boolean }

/** Makes a link that lets one browser in, and the time at which it stops to. */
export async function makeEntryLink(address: Address, path?: string): Promise<{ url: string; expiresAt: string }> {
  const link = await call<{ path: string; expiresAt: string }>(address, 'POST', '/browser-sessions/links', { path })
  return { url: address.url + link.path, expiresAt: link.expiresAt }
}

/** Opens `path` (default: the first page) in the person's browser, and prints a link for another one. */
export async function open(path: string | undefined, options: OpenOptions): Promise<void> {
  const address = addressOf(options)
  const opens = !options.print && canOpenBrowser(process.env)
  // The browser that opens uses its link up, so the one that is printed is another.
  if (opens) openBrowser((await makeEntryLink(address, path)).url)
  const link = await makeEntryLink(address, path)
  if (wantsJson(options)) return print(link)
  say(
    opens
      ? 'Your browser opens. This link signs in another one; it works once and for an hour:'
      : 'Open this link in your browser; it works once and for an hour:',
  )
  say(link.url)
}
