// How Makima itself is doing: version, database, worker, queue.
import { desc, eq, sql } from 'drizzle-orm'
import { daemons } from '@/db/schema'
import type { Context } from '@/server/context'
import packageJson from '@/package.json' with { type: 'json' }

/** A worker that has not written its heartbeat for so long is taken for dead. */
const ALIVE_MS = 15_000

export type WorkerStatus = { alive: boolean; name: string; heartbeatAt: Date } | null

async function findWorker(ctx: Context): Promise<WorkerStatus> {
  const [row] = await ctx.db
    .select({ name: daemons.name, heartbeatAt: daemons.heartbeatAt })
    .from(daemons)
    .where(eq(daemons.ownerId, ctx.actor.ownerId))
    .orderBy(desc(daemons.heartbeatAt))
    .limit(1)
  return row ? { ...row, alive: ctx.now().getTime() - row.heartbeatAt.getTime() < ALIVE_MS } : null
}

/** What the foot of every page says. */
export async function getStatus(ctx: Context) {
  const [worker, [facts]] = await Promise.all([
    findWorker(ctx),
    ctx.db.execute<{ version: string; importing: string | null; contracts: number; tasks: number; events: number }>(sql`
      select current_setting('server_version') as version,
        (select id::text from imports where owner_id = ${ctx.actor.ownerId} and state in ('queued', 'running')
          order by created_at desc limit 1) as importing,
        (select count(*)::int from contracts where owner_id = ${ctx.actor.ownerId}) as contracts,
        (select count(*)::int from tasks where owner_id = ${ctx.actor.ownerId}) as tasks,
        (select coalesce(sum(n), 0)::float8 from history_counts where owner_id = ${ctx.actor.ownerId}
          and scope = 'owner_month' and scope_id = ${ctx.actor.ownerId}) as events`),
  ])
  return {
    version: packageJson.version,
    home: ctx.env.home,
    database: `PostgreSQL ${facts?.version ?? '?'}`,
    worker,
    importing: facts?.importing ?? null,
    counts: { contracts: facts?.contracts ?? 0, tasks: facts?.tasks ?? 0, events: facts?.events ?? 0 },
  }
}

/** Whether requests can be served and operations be done; `ready` needs all three. Throws when the database is away. */
export async function getReadiness(ctx: Context) {
  const [worker, [queue]] = await Promise.all([
    findWorker(ctx),
    ctx.db.execute<{ waiting: number; oldest: number }>(sql`
      select count(*)::int as waiting, coalesce(extract(epoch from now() - min(run_at)), 0)::int as oldest
      from graphile_worker.jobs where locked_at is null and run_at <= now()`),
  ])
  const waiting = { jobs: queue?.waiting ?? 0, oldestSeconds: queue?.oldest ?? 0 }
  return {
    ready: worker?.alive === true,
    database: { ok: true },
    worker: { ok: worker?.alive === true, heartbeatAt: worker?.heartbeatAt ?? null },
    queue: { ok: true, ...waiting },
  }
}
