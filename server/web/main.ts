// The entry of the web process. What ends it with its launcher is in server/shutdown.ts, which Next calls at its start.
import { serveWeb } from './serve'

try {
  await serveWeb()
} catch (error) {
  console.error(error)
  process.exit(1)
}
