// The page for a browser that was not let in: how it gets in. Plain HTML without scripts, as it is shown to anybody.
import { STYLE, STYLE_HASH } from '@/server/share-page/style'

export const SIGN_IN_HEADERS: Record<string, string> = {
  'content-type': 'text/html; charset=utf-8',
  'content-security-policy': `default-src 'none'; style-src 'sha256-${STYLE_HASH}'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'`,
  'cache-control': 'no-store',
  'referrer-policy': 'no-referrer',
  'x-content-type-options': 'nosniff',
  'x-frame-options': 'DENY',
}

/** `why`: the first sentence. `retry`: loads the page again at once, see {@link mayBeIn}. */
export function renderSignIn(why: string, retry: boolean): string {
  return `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><title>Sign in · Makima</title>
<meta name="viewport" content="width=device-width, initial-scale=1"><meta name="robots" content="noindex, nofollow">
${retry ? '<meta http-equiv="refresh" content="0">' : ''}
<style>${STYLE}</style></head><body><main>
<h1>Sign in to Makima</h1>
<p>${why}</p>
<p>On the machine where Makima runs, type this in a terminal:</p>
<pre>makima open</pre>
<p>In a clone of Makima it is <code>bin/makima open</code>. It opens your browser by a link that signs it in, and prints
another link for another browser. <code>npm start</code> does the same. After that a browser stays signed in until you sign
it out in the settings or do not use it for 90 days, and for 400 days at most.</p>
<p class="about">A link works once and for an hour. Programs use an API key instead.</p>
</main></body></html>
`
}

/**
 * True for a browser that followed a link from another site. It keeps the cookie back then, but sends it when the page
 * asks for itself again.
 */
export function mayBeIn(headers: Headers): boolean {
  const site = headers.get('sec-fetch-site')
  return site === 'cross-site' || site === 'same-site'
}
