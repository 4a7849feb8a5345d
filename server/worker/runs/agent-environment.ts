// The environment that an agent is started with: the person's own, without what belongs to Makima's processes.
import { join, delimiter } from 'node:path'
import type { Context } from '@/server/context'
import { ownUrl } from '@/server/own-url'
import { ACP_FOLDER } from '@/server/transcripts/acp-content'
import type { RunRow } from '@/server/services/runs/run-log'

/** Of the package manager that started Makima, of Makima itself, and of an agent in whose terminal it was started. */
const NOT_THE_AGENTS =
  /^(npm_|NODE_OPTIONS$|NODE_ENV$|NODE_PATH$|NODE_CHANNEL_FD$|DATABASE_URL$|PORT$|INIT_CWD$|MAKIMA_(?!CLAUDE|CODEX|GEMINI|OPENCODE|ACP$)|NEXT_|__NEXT|CLAUDECODE$|CLAUDE_CODE_(ENTRYPOINT|SSE_PORT|SESSION)|TURBOPACK)/

export function agentEnvironment(
  ctx: Context,
  run: RunRow,
  source: NodeJS.ProcessEnv = process.env,
): NodeJS.ProcessEnv {
  const env = Object.fromEntries(Object.entries(source).filter(([name]) => !NOT_THE_AGENTS.test(name)))
  const root = source.MAKIMA_ROOT
  return {
    ...env,
    // An agent that leads a contract calls `makima supervisor …`.
    ...(root && { PATH: [env.PATH, join(root, 'bin')].filter(Boolean).join(delimiter) }),
    MAKIMA_ACP_HOME: join(ctx.env.home, ACP_FOLDER),
    // The token with which `makima` is let in lies there; in the environment itself, it would end up in transcripts.
    MAKIMA_HOME: ctx.env.home,
    MAKIMA_API_URL: ownUrl(ctx.env.host, ctx.env.port),
    MAKIMA_CONTRACT_ID: run.contractId,
    MAKIMA_TASK_ID: run.taskId,
  } as unknown as NodeJS.ProcessEnv
}
