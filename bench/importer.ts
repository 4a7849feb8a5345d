// A process of its own that imports one path as the worker does and tells how long it took and how much memory it needed.
import { readFileSync } from 'node:fs'
import { connect } from '@/db/client'
import { newId } from '@/db/ids'
import { imports } from '@/db/schema'
import { createContext } from '@/server/context'
import { readEnv } from '@/server/env'
import { runImport } from '@/server/services/import/run'
import { getImport } from '@/server/services/imports'
import type { ImportView } from '@/server/services/views'

export type ImporterAnswer = {
  seconds: number
  peakMegabytes: number
  error: string | null
  totals: ImportView['totals']
}

const [path = '', url = '', home = ''] = process.argv.slice(2)
const { db, close } = connect(url, { name: 'makima-bench-importer' })
const ctx = createContext(db, readEnv({ MAKIMA_HOME: home, NODE_ENV: 'production' }), 'worker')
const id = newId()
await ctx.db.insert(imports).values({ id, ownerId: ctx.actor.ownerId, path, createdAt: ctx.now() })
const started = performance.now()
await runImport(ctx, id, new AbortController().signal)
const seconds = (performance.now() - started) / 1000
const { error, totals } = await getImport(ctx, { id, sourcesLimit: 0 })
await close()
const answer: ImporterAnswer = { seconds, peakMegabytes: peakBytes() / 1e6, error, totals }
process.send?.(answer, () => process.disconnect())

/** Linux counts the starter's memory into the usual figure, so it is read where that is not so. */
function peakBytes(): number {
  try {
    const [, kilobytes] = /^VmHWM:\s+(\d+) kB/m.exec(readFileSync('/proc/self/status', 'utf8')) ?? []
    if (kilobytes) return Number(kilobytes) * 1024
  } catch {
    // Not Linux.
  }
  return process.resourceUsage().maxRSS * 1024
}
