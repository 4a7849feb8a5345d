import { fileURLToPath } from 'node:url'
import { defineConfig } from 'vitest/config'

export default defineConfig({
  resolve: { alias: { '@': fileURLToPath(new URL('.', import.meta.url)).replace(/\/$/, '') } },
  test: {
    include: ['{server,db,components,app,bench,bin,text}/**/*.test.{ts,tsx}'],
    testTimeout: 60_000,
    hookTimeout: 60_000,
    maxWorkers: 2,
    // Starts (or adopts) one throw-away PostgreSQL with a migrated template; see db/test-server.ts.
    globalSetup: ['./db/test-server.ts'],
    env: { MAKIMA_LOG: 'silent' },
  },
})
