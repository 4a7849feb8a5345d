// Owns the end of the web process: an open event stream would keep it alive for ever, so every stream listens to one
// signal. It lies on globalThis because instrumentation and routes are bundled apart.

const shared = globalThis as typeof globalThis & { __makimaShutdown?: AbortController }

/** Aborted when this process is asked to end. */
export function shutdownSignal(): AbortSignal {
  shared.__makimaShutdown ??= new AbortController()
  return shared.__makimaShutdown.signal
}

/** Wires the signal to SIGTERM and SIGINT, and ends the process when the launcher that started it is gone. */
export function listenForShutdown(): void {
  shutdownSignal()
  for (const name of ['SIGTERM', 'SIGINT'] as const) process.once(name, () => shared.__makimaShutdown?.abort())
  if (!process.connected) return
  process.once('disconnect', () => process.kill(process.pid, 'SIGTERM'))
  process.channel?.unref()
}
