import { chmodSync, mkdtempSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { defineConfig } from '@playwright/test'
import { signedInState } from './e2e/sign-in'

// `npm test` sets all three; by hand, a fresh home and a port beside the usual one do. Playwright reads this file again in
// each of its processes, which must all see the same home.
if (!process.env.MAKIMA_E2E_HOME) {
  const folder = mkdtempSync(join(tmpdir(), 'makima-e2e-'))
  chmodSync(folder, 0o755)
  process.env.MAKIMA_E2E_HOME = join(folder, 'makima')
}
const home = process.env.MAKIMA_E2E_HOME
/** The command line finds the Makima under test, and its token, there. */
process.env.MAKIMA_HOME = home
/** Where e2e/agent.ts puts the agent that the journeys run, and its files. */
const agent = join(dirname(home), 'agent')
const port = process.env.MAKIMA_E2E_PORT ?? '4790'
const executablePath = process.env.MAKIMA_E2E_BROWSER ?? process.env.CHROMIUM_PATH
const baseURL = `http://127.0.0.1:${port}`

export default defineConfig({
  testDir: 'e2e',
  globalSetup: './e2e/sign-in.ts',
  testMatch: '**/*.spec.ts',
  outputDir: 'test-results',
  workers: 1,
  fullyParallel: false,
  forbidOnly: true,
  timeout: 60_000,
  expect: { timeout: 10_000 },
  use: {
    baseURL,
    storageState: signedInState(home),
    viewport: { width: 1440, height: 900 },
    trace: 'retain-on-failure',
    launchOptions: {
      ...(executablePath ? { executablePath } : {}),
      args: [
        '--no-sandbox',
        '--disable-gpu',
        '--disable-quic',
        '--no-first-run',
        '--disable-background-networking',
        '--disable-component-update',
        '--disable-sync',
      ],
    },
  },
  webServer: {
    command: `node bin/makima up --no-open --no-import --port ${port} --share-host 127.0.0.1 --home "${home}"`,
    url: `${baseURL}/api/v1/healthz`,
    env: { MAKIMA_CLAUDE: join(agent, 'claude'), CLAUDE_CONFIG_DIR: join(agent, 'home') },
    timeout: 180_000,
    reuseExistingServer: false,
    gracefulShutdown: { signal: 'SIGTERM', timeout: 30_000 },
    stdout: 'ignore',
    stderr: 'pipe',
  },
})
