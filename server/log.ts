import { pino } from 'pino'
import { readEnv } from '@/server/env'

/** One logger for every process; lines are JSON on stderr so that stdout stays for answers. */
export const logger = pino(
  { level: readEnv().logLevel, base: { pid: process.pid } },
  pino.destination({ dest: 2, sync: true }),
)
