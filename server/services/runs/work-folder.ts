// Where an agent of a task works: the folder it worked in while that exists, else the top of its worktree.
import { access, realpath } from 'node:fs/promises'
import { sep } from 'node:path'
import { AppError } from '@/server/errors'
import type { TaskWithPlace } from '@/server/services/operation-subjects'

/** The real path of the folder. @throws AppError `precondition_failed` with what to do. */
export async function requireFolder({ task, worktree }: TaskWithPlace): Promise<string> {
  if (worktree?.removedAt) {
    throw new AppError(
      'precondition_failed',
      `The worktree ${worktree.path} was removed. Fork from a checkpoint, and resume the fork.`,
    )
  }
  const top = worktree ? await existing(worktree.path) : null
  const own = task.cwd ? await existing(task.cwd) : null
  // A fork was given another folder than its origin worked in; only a folder inside of the worktree is its own.
  if (own && (!top || own === top || own.startsWith(top + sep))) return own
  if (top) return top
  const path = worktree?.path ?? task.cwd
  throw new AppError(
    'precondition_failed',
    path
      ? `The folder ${path} is gone. Put it back, or fork from a checkpoint and resume the fork.`
      : 'No folder is known for this task. Fork from a checkpoint and resume the fork.',
  )
}

async function existing(path: string): Promise<string | null> {
  try {
    await access(path)
    return await realpath(path)
  } catch {
    return null
  }
}
