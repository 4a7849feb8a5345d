import { defineConfig } from 'drizzle-kit'

export default defineConfig({
  dialect: 'postgresql',
  schema: [
    './db/schema.ts',
    './db/talk-tables.ts',
    './db/run-tables.ts',
    './db/browser-session-tables.ts',
    './db/forget-tables.ts',
  ],
  out: './db/migrations',
})
