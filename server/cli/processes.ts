// Owns how web and worker are started: their programs and what they are told.
import { join } from 'node:path'
import { projectRoot } from '@/db/project-root'

/** What web and worker find in their environment. */
type Told = { home: string; host: string; port: number; databaseUrl: string; shareUrl?: string | undefined }

export function childEnvironment({ home, host, port, databaseUrl, shareUrl }: Told): NodeJS.ProcessEnv {
  return {
    ...process.env,
    NODE_ENV: 'production',
    NEXT_TELEMETRY_DISABLED: '1',
    MAKIMA_HOME: home,
    MAKIMA_HOST: host,
    MAKIMA_PORT: String(port),
    MAKIMA_ROOT: projectRoot(),
    MAKIMA_BUILD: buildFolder(),
    DATABASE_URL: databaseUrl,
    ...(shareUrl !== undefined && { MAKIMA_SHARE_URL: shareUrl }),
  }
}

function buildFolder(): string {
  return process.env.MAKIMA_BUILD ?? join(projectRoot(), '.next')
}

/** Arguments for Node to start the web process; where it listens stands in its environment. */
export function webArguments(): string[] {
  return [join(buildFolder(), 'makima', 'web.mjs')]
}

/** Arguments for Node to start the worker process. */
export function workerArguments(): string[] {
  return ['--enable-source-maps', join(buildFolder(), 'makima', 'worker.mjs')]
}
