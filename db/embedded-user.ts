// Owns which system user runs the embedded server. PostgreSQL refuses root, so root hands it to a user without rights,
// and everything that user must reach has to be reachable for it.
import { readFileSync, statSync } from 'node:fs'
import { dirname } from 'node:path'

/** Numeric ids to start the server with; null means: as the user we already are. */
export type ServerUser = { uid: number; gid: number } | null

/** The user for `dataDir`: who owns it already, else `postgres` or `nobody` when we are root. */
export function serverUser(dataDir: string): ServerUser {
  if (process.getuid?.() !== 0) return null
  const existing = statSync(dataDir, { throwIfNoEntry: false })
  if (existing && existing.uid !== 0) return { uid: existing.uid, gid: existing.gid }
  return namedUser('postgres') ?? namedUser('nobody') ?? { uid: 65534, gid: 65534 }
}

function namedUser(name: string): ServerUser {
  const line = readFileSync('/etc/passwd', 'utf8')
    .split('\n')
    .find((entry) => entry.startsWith(`${name}:`))
  const [, , uid, gid] = line?.split(':') ?? []
  // Negative ids are how macOS writes nobody.
  return uid && gid ? { uid: Number(uid) >>> 0, gid: Number(gid) >>> 0 } : null
}

/** True when `user` may enter `folder` and every folder above it that exists. */
export function canReach(folder: string, user: ServerUser): boolean {
  if (user === null) return true
  for (let current = folder; ; current = dirname(current)) {
    const stat = statSync(current, { throwIfNoEntry: false })
    if (stat !== undefined) {
      const bit = stat.uid === user.uid ? 0o100 : stat.gid === user.gid ? 0o010 : 0o001
      if ((stat.mode & bit) === 0) return false
    }
    if (current === dirname(current)) return true
  }
}
