// The entry of the worker process. It ends when the launcher that started it is gone, so that two never work at once.
import { logger } from '@/server/log'
import { runWorker } from '@/server/worker/main'

if (process.connected) {
  process.once('disconnect', () => process.kill(process.pid, 'SIGTERM'))
  // Listening to the launcher alone must not keep a worker alive that has finished.
  process.channel?.unref()
}
// Node would print the error as it is, with the values of a query that failed.
process.on('uncaughtException', (error) => {
  logger.fatal({ err: error }, 'the worker ended by a fault of its own')
  process.exit(1)
})
await runWorker()
