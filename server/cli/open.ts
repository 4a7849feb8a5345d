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

/** Opens `path` (default: the first page) in the person's browser, and prints the link. */
export async function open(path: string | undefined, options: OpenOptions): Promise<void> {
  const link = await makeEntryLink(addressOf(options), path)
  const opens = !options.print && canOpenBrowser(process.env)
  if (opens) openBrowser(link.url)
  if (wantsJson(options)) return print(link)
  say(
    opens
      ? 'Your browser opens; this link does the same, once and within an hour:'
      : 'Open this link in your browser; it works once and for an hour:',
  )
  say(link.url)
}
