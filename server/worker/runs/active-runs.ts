// The agents that this process has started, and what is asked of them meanwhile: stop, an answer, an end with the process.
import { setTimeout as sleep } from 'node:timers/promises'
import { and, inArray, sql } from 'drizzle-orm'
import { runs } from '@/db/run-tables'
import type { Context } from '@/server/context'
import { beatRuns, takeAnswers } from '@/server/services/runs/run-state'

export type Control = {
  /** A person wants it to end. */
  stop(): void
  /** The worker ends; the work is interrupted. */
  interrupt(): void
  answer(requestId: string, optionId: string): Promise<void>
  ended: Promise<void>
}

const LOOK_MS = 300
const BEAT_MS = 5_000

const active = new Map<string, Control>()

export function register(id: string, control: Control): void {
  active.set(id, control)
}

export function unregister(id: string): void {
  active.delete(id)
}

export function listActive(): string[] {
  return [...active.keys()]
}

/** Looks for stops and answers, and tells that the agents are still in good hands, until `signal` is aborted. */
export async function attendRuns(ctx: Context, signal: AbortSignal): Promise<void> {
  for (let beatAt = 0; !signal.aborted; await sleep(LOOK_MS, undefined, { signal }).catch(() => {})) {
    const ids = listActive()
    if (ids.length === 0) continue
    try {
      await attendOnce(ctx, ids)
      if (Date.now() - beatAt < BEAT_MS) continue
      beatAt = Date.now()
      await beatRuns(ctx, ids)
    } catch {
      // The worker's own heartbeat has said already that the database is away; the agents go on.
    }
  }
}

/** One look; apart for tests. */
export async function attendOnce(ctx: Context, ids = listActive()): Promise<void> {
  if (ids.length === 0) return
  const asked = await ctx.db
    .select({ id: runs.id })
    .from(runs)
    .where(and(inArray(runs.id, ids), sql`(${runs.stopAsked} is not null or ${runs.answers} <> '[]'::jsonb)`))
  for (const { id } of asked) {
    const control = active.get(id)
    const { answers, stopAsked } = await takeAnswers(ctx, id)
    for (const { requestId, optionId } of answers) await control?.answer(requestId, optionId)
    if (stopAsked) control?.stop()
  }
}

/** Ends every agent of this process, politely at first. */
export async function interruptAll(): Promise<void> {
  const controls = [...active.values()]
  for (const control of controls) control.interrupt()
  await Promise.all(controls.map((control) => control.ended))
}
