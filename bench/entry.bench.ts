// What a request pays for being asked who sends it, beside one query of the same database.
import { sql } from 'drizzle-orm'
import { createKey, keyCreateInput } from '@/server/services/api-keys'
import { beginBrowserSession } from '@/server/services/browser-sessions/browser-sessions'
import { writeCookie } from '@/server/services/browser-sessions/cookie'
import { enter } from '@/server/services/entry'
import { ensureLocalToken } from '@/server/local-token'
import { compare, type Line, median, timed } from './report'
import type { World } from './world'

export const title = 'Asking who sends a request'

/** Longer than an answer of the database is relied on. */
const FORGOTTEN_MS = 600

export async function measure(world: World): Promise<{ lines: Line[]; notes: string[] }> {
  const { ctx } = await world.createDatabase('entry')
  const { secret } = await beginBrowserSession(ctx, { ownerId: ctx.actor.ownerId, userAgent: null })
  const { key } = await createKey(ctx, keyCreateInput.parse({ name: 'Bench' }))
  const senders: Record<string, Headers> = {
    'a browser': new Headers({ cookie: writeCookie(ctx.env.home, secret, false).split(';')[0] ?? '' }),
    'an API key': new Headers({ authorization: `Bearer ${key}` }),
    'the local token': new Headers({ authorization: `Bearer ${ensureLocalToken(ctx.env.home)}` }),
  }
  const rounds = world.quick ? 3 : 15
  const query = () => timed(() => ctx.db.execute(sql`select 1`))
  for (let n = 0; n < 20; n++) await query()
  const lines: Line[] = []
  for (const [name, headers] of Object.entries(senders)) {
    const [first, again, queries]: [number[], number[], number[]] = [[], [], []]
    for (let round = 0; round < rounds; round++) {
      await new Promise((resolve) => setTimeout(resolve, FORGOTTEN_MS))
      queries.push(await query())
      first.push(await timed(() => enter(ctx, headers, true)))
      again.push(await timed(() => enter(ctx, headers, true)))
    }
    const yardstick = { name: 'one query', measure: { unit: 'ms' as const, samples: queries } }
    const target = { text: '≤ 1 ms', isReached: () => median(again) <= 1 }
    lines.push(compare(`${name}, again within half a second`, { unit: 'ms', samples: again }, yardstick, target))
    lines.push(compare(`${name}, after a pause`, { unit: 'ms', samples: first }, yardstick))
  }
  return { lines, notes: ['both in this process, without HTTP'] }
}
