import { browserSessionsRouter } from './routers/browser-sessions'
import { checkpointsRouter } from './routers/checkpoints'
import { contractsRouter } from './routers/contracts'
import { conversationRouter } from './routers/conversation'
import { forgetRouter } from './routers/forget'
import { historyRouter } from './routers/history'
import { importsRouter } from './routers/imports'
import { operationsRouter } from './routers/operations'
import { keysRouter } from './routers/keys'
import { runsRouter } from './routers/runs'
import { searchRouter } from './routers/search'
import { sharesRouter } from './routers/shares'
import { shelfRouter } from './routers/shelf'
import { systemRouter } from './routers/system'
import { tasksRouter } from './routers/tasks'
import { createCallerFactory, router } from './trpc'

export const appRouter = router({
  browserSessions: browserSessionsRouter,
  checkpoints: checkpointsRouter,
  contracts: contractsRouter,
  conversation: conversationRouter,
  forget: forgetRouter,
  history: historyRouter,
  imports: importsRouter,
  operations: operationsRouter,
  keys: keysRouter,
  runs: runsRouter,
  search: searchRouter,
  shares: sharesRouter,
  shelf: shelfRouter,
  system: systemRouter,
  tasks: tasksRouter,
})

export type AppRouter = typeof appRouter

/** Calls procedures without HTTP, as pages and tests do. */
export const createCaller = createCallerFactory(appRouter)
