// Owns the end of the web process: an open event stream would keep it alive for ever, so every subscription listens to
// this one signal.

type Shared = typeof globalThis & { __makimaShutdown?: AbortController }

/** Called by Next once, when the server starts. */
export function register(): void {
  if (process.env.NEXT_RUNTIME !== 'nodejs') return
  const shared = globalThis as Shared
  shared.__makimaShutdown ??= new AbortController()
  const { __makimaShutdown: shutdown } = shared
  for (const signal of ['SIGTERM', 'SIGINT'] as const) process.once(signal, () => shutdown.abort())
  // The launcher holds the other end: when it dies without a word, nothing of it may live on.
  if (process.connected) process.once('disconnect', () => process.kill(process.pid, 'SIGTERM'))
}
