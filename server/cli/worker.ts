// The entry of the worker process. It ends when the launcher that started it is gone, so that two never work at once.
import { runWorker } from '@/server/worker/main'

if (process.connected) {
  process.once('disconnect', () => process.kill(process.pid, 'SIGTERM'))
  // Listening to the launcher alone must not keep a worker alive that has finished.
  process.channel?.unref()
}
await runWorker()
