// `makima watch`: what happens, line by line as it happens, and agents outside of Makima followed meanwhile.
import { setTimeout as sleep } from 'node:timers/promises'
import pc from 'picocolors'
import { isAppError } from '@/server/errors'
import { textOf, withQuery } from './history'
import { type Address, addressOf, call, request } from './http'
import { moment, type OutputOptions, print, say, shorten, wantsJson, warn } from './output'

export type WatchOptions = OutputOptions & { contract?: string; task?: string }
type Event = {
  eventType: string
  createdAt: string
  taskName: string | null
  contractName: string | null
  eventData: Record<string, unknown>
}

const AGAIN_MS = 2_000

/** Until it is stopped. A server that goes away is waited for, and nothing that happened meanwhile is left out. */
export async function watch(options: WatchOptions): Promise<void> {
  const address = addressOf(options)
  const isJson = wantsJson(options)
  const path = withQuery('/events', { contractId: options.contract, taskId: options.task })
  // A key that may only read sees what happens all the same; others are followed without it, if somebody asked.
  const seconds = await askToWatch(address).catch((error: unknown) => {
    if (isAppError(error) && error.code === 'forbidden') return null
    throw error
  })
  const asking =
    seconds === null ? undefined : setInterval(() => void askToWatch(address).catch(() => {}), (seconds * 1_000) / 3)
  if (!isJson) say(pc.dim(`Watching ${address.url}; what agents do appears here. Ctrl-C ends it.`))
  const place = { lastEventId: null as string | null }
  try {
    for (;;) {
      try {
        await follow(address, path, place, isJson)
      } catch (error) {
        // A key that is over, or a contract that is not there, does not come back by waiting.
        if (isAppError(error) && error.code !== 'precondition_failed' && error.code !== 'internal') throw error
        if (!isJson) warn(pc.dim('The connection broke off; it is tried again …'))
      }
      await sleep(AGAIN_MS)
    }
  } finally {
    clearInterval(asking)
  }
}

async function askToWatch(address: Address): Promise<number> {
  return (await call<{ seconds: number }>(address, 'POST', '/captures/watch')).seconds
}

async function follow(address: Address, path: string, place: { lastEventId: string | null }, isJson: boolean) {
  const headers: Record<string, string> = place.lastEventId === null ? {} : { 'last-event-id': place.lastEventId }
  const answer = await request(address, 'GET', path, undefined, headers)
  if (!answer.body) return
  let rest = ''
  for await (const part of answer.body.pipeThrough(new TextDecoderStream())) {
    rest += part
    const blocks = rest.split('\n\n')
    rest = blocks.pop() ?? ''
    for (const block of blocks) {
      const field = (name: string) => new RegExp(`^${name}: ?(.*)$`, 'm').exec(block)?.[1]
      place.lastEventId = field('id') ?? place.lastEventId
      const data = field('data')
      if (data !== undefined && field('event') === undefined) tell(JSON.parse(data) as Event, isJson)
    }
  }
}

function tell(event: Event, isJson: boolean): void {
  if (isJson) return print(event)
  const where = event.taskName ?? event.contractName ?? ''
  say(
    `${pc.dim(moment(event.createdAt))}  ${event.eventType.padEnd(22)}  ${shorten(where, 32).padEnd(32)}  ${shorten(textOf(event.eventData), 72)}`,
  )
}
