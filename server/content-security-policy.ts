// What the pages of Makima may load and run. Nothing ever comes from elsewhere.

const development = process.env.NODE_ENV === 'development'

/** The policy of one answer; `nonce` is made anew for each, and only scripts that carry it, or that those load, run. */
export function contentSecurityPolicy(nonce: string): string {
  return [
    "default-src 'self'",
    "img-src 'self' data: blob:",
    "style-src 'self' 'unsafe-inline'",
    // The highlighter of diffs is WebAssembly.
    `script-src 'nonce-${nonce}' 'strict-dynamic' 'wasm-unsafe-eval'${development ? " 'unsafe-eval'" : ''}`,
    "font-src 'self' data:",
    "worker-src 'self' blob:",
    "object-src 'none'",
    "base-uri 'none'",
    "form-action 'self'",
    "frame-ancestors 'none'",
  ].join('; ')
}
