// The agent that journeys run: the real Claude Code in a home of its own, which talks to a model of the test's.
import { mkdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { startTestModel, type TestModel } from '@/server/agents/test-model-host'
import { messages } from '@/server/agents/test-model-messages'
import { installProgram } from '@/server/agents/test-programs'
import { test } from './world'

/**
 * The agent of a file's journeys. Where it cannot be installed (its package is not to be had) they are skipped and say so:
 * everything that needs no agent is still tried.
 */
export function useAgent(): { readonly model: TestModel | null } {
  const agent = { model: null as TestModel | null }
  test.beforeAll(async () => {
    test.setTimeout(300_000)
    agent.model = await startAgent()
  })
  test.beforeEach(() => test.skip(agent.model === null, 'The agent cannot be installed here.'))
  test.afterAll(async () => agent.model?.close())
  return agent
}

/** Puts the agent where the server under test looks for it (playwright.config.ts); null when it cannot be installed. */
async function startAgent(): Promise<TestModel | null> {
  const program = await installProgram('claude')
  if (program === null) return null
  const folder = join(dirname(process.env.MAKIMA_E2E_HOME ?? ''), 'agent')
  const model = await startTestModel(messages)
  mkdirSync(join(folder, 'home'), { recursive: true })
  rmSync(join(folder, 'claude'), { force: true })
  symlinkSync(program, join(folder, 'claude'))
  const env = {
    ANTHROPIC_BASE_URL: model.url,
    ANTHROPIC_API_KEY: 'test',
    ANTHROPIC_MODEL: 'test-model',
    CLAUDE_CODE_MAX_RETRIES: '0',
    CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC: '1',
  }
  writeFileSync(join(folder, 'home', 'settings.json'), JSON.stringify({ env }))
  return model
}
