import { type DestinationStream, pino } from 'pino'
import { readEnv } from '@/server/env'
import { describeLoggable, toLoggable, withoutValues } from '@/server/loggable-error'

/** A logger whose lines are JSON and hold no values of queries, whatever error they are about. */
export function createLogger(destination: DestinationStream) {
  const serializers = { err: toLoggable, error: toLoggable, cause: toLoggable }
  return pino({ level: readEnv().logLevel, base: { pid: process.pid }, serializers }, destination)
}

/** One logger for every process; lines are JSON on stderr so that stdout stays for answers. */
export const logger = createLogger(pino.destination({ dest: 2, sync: true }))

/** Makes what libraries write to the console of this process as silent about values as the logger is. */
export function guardConsole(): void {
  for (const level of ['error', 'warn', 'info', 'log', 'debug'] as const) {
    const write = console[level].bind(console)
    console[level] = (...told: unknown[]) => write(...told.map(toPrintable))
  }
}

function toPrintable(told: unknown): unknown {
  if (told instanceof Error) return describeLoggable(told)
  return typeof told === 'string' ? withoutValues(told) : told
}
