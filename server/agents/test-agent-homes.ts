// Homes of real agents for tests, set up so that the agent asks a model on loopback. Each answers the environment it needs.
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

export function codexHome(home: string, url: string): Record<string, string> {
  mkdirSync(home, { recursive: true })
  writeFileSync(
    join(home, 'config.toml'),
    `model = "test-model"\nmodel_provider = "test"\n[model_providers.test]\nname = "test"\nbase_url = "${url}/v1"\n` +
      'wire_api = "responses"\nenv_key = "TEST_KEY"\nrequest_max_retries = 0\nstream_max_retries = 0\n',
  )
  return { CODEX_HOME: home, TEST_KEY: 'x' }
}

export function openCodeHome(home: string, url: string): Record<string, string> {
  mkdirSync(join(home, 'config', 'opencode'), { recursive: true })
  const provider = {
    npm: '@ai-sdk/openai-compatible',
    name: 'Test',
    options: { baseURL: `${url}/v1`, apiKey: 'x' },
    models: { 'test-model': { name: 'Test model' } },
  }
  const config = {
    model: 'test/test-model',
    small_model: 'test/test-model',
    autoupdate: false,
    provider: { test: provider },
  }
  writeFileSync(join(home, 'config', 'opencode', 'opencode.json'), JSON.stringify(config))
  return {
    XDG_CONFIG_HOME: join(home, 'config'),
    XDG_DATA_HOME: join(home, 'data'),
    XDG_CACHE_HOME: join(home, 'cache'),
    XDG_STATE_HOME: join(home, 'state'),
  }
}

export function geminiHome(home: string, url: string): Record<string, string> {
  mkdirSync(join(home, '.gemini'), { recursive: true })
  const settings = {
    security: { auth: { selectedType: 'gemini-api-key' } },
    model: { name: 'gemini-2.5-flash' },
    general: { enableAutoUpdate: false },
    privacy: { usageStatisticsEnabled: false },
  }
  writeFileSync(join(home, '.gemini', 'settings.json'), JSON.stringify(settings))
  return { GEMINI_CLI_HOME: home, GEMINI_API_KEY: 'x', GOOGLE_GEMINI_BASE_URL: url }
}
