// The environment, parsed once. Nothing else reads process.env.
import { homedir, platform } from 'node:os'
import { join, resolve } from 'node:path'
import { z } from 'zod'

const schema = z.object({
  MAKIMA_HOME: z.string().min(1).optional(),
  DATABASE_URL: z.string().min(1).optional(),
  MAKIMA_LOG: z.enum(['fatal', 'error', 'warn', 'info', 'debug', 'silent']).default('info'),
  MAKIMA_HOST: z.string().default('127.0.0.1'),
  MAKIMA_PORT: z.coerce.number().int().min(0).max(65535).default(4700),
  /** More names that Makima is reached by, with commas between: `history.example.org, box:8080`. */
  MAKIMA_ALLOWED_HOSTS: z.string().default(''),
  /** Where others open share links, when not where Makima itself is reached. */
  MAKIMA_SHARE_URL: z.url().optional(),
  /** The port the web process really listens on; Next sets it when it starts. */
  PORT: z.coerce.number().int().min(0).max(65535).optional(),
  XDG_DATA_HOME: z.string().optional(),
  LOCALAPPDATA: z.string().optional(),
  NODE_ENV: z.string().optional(),
})

/** The platform's folder for application data: XDG on Linux, Application Support on macOS, Local AppData on Windows. */
function defaultHome(values: z.infer<typeof schema>): string {
  if (platform() === 'darwin') return join(homedir(), 'Library', 'Application Support', 'Makima')
  if (platform() === 'win32') return join(values.LOCALAPPDATA ?? join(homedir(), 'AppData', 'Local'), 'Makima')
  return join(values.XDG_DATA_HOME || join(homedir(), '.local', 'share'), 'makima')
}

/** Reads and checks the environment; `source` is an argument so that tests can pass their own. */
export function readEnv(source: NodeJS.ProcessEnv = process.env) {
  const values = schema.parse(source)
  return {
    home: resolve(values.MAKIMA_HOME ?? defaultHome(values)),
    databaseUrl: values.DATABASE_URL,
    logLevel: values.MAKIMA_LOG,
    host: values.MAKIMA_HOST,
    port: values.MAKIMA_PORT,
    boundPort: values.PORT ?? values.MAKIMA_PORT,
    allowedHosts: values.MAKIMA_ALLOWED_HOSTS.split(',')
      .map((host) => host.trim().toLowerCase())
      .filter(Boolean),
    shareUrl: values.MAKIMA_SHARE_URL?.replace(/\/+$/, '') ?? null,
    production: values.NODE_ENV === 'production',
  }
}

export type Env = ReturnType<typeof readEnv>
