// Where a session worked: the first of its folders that is in a git repository on this machine. Looks at each folder once an import.
import { openRepository } from '@/server/git/repository'
import type { Repository } from '@/server/git/types'
import type { Context } from '@/server/context'
import { recordRepository } from '@/server/services/repositories'
import type { SessionFacts } from '@/server/transcripts/types'
import { HashedFolders } from './hashed-folders'
import type { SessionPlace } from './session-records'

const NOWHERE: SessionPlace = { repositoryId: null, worktreeId: null }

export class SessionPlaces {
  private readonly opened = new Map<string, Promise<Repository | null>>()
  private readonly recorded = new Map<string, Promise<SessionPlace>>()
  /** Every repository that was met, by id. */
  readonly repositories = new Map<string, Repository>()

  private readonly hashed: HashedFolders

  constructor(private readonly ctx: Context) {
    this.hashed = new HashedFolders(ctx)
  }

  /** `file`: one that the session is recorded in. */
  async ofSession(facts: SessionFacts, file: string): Promise<SessionPlace> {
    for (const { cwd } of facts.cwds) {
      const place = await this.ofFolder(cwd)
      if (place.repositoryId) return place
    }
    const folder = facts.folderHash ? await this.hashed.find(facts.folderHash, file) : null
    return folder === null ? NOWHERE : this.ofFolder(folder)
  }

  async ofFolder(folder: string): Promise<SessionPlace> {
    const repository = await this.open(folder)
    return repository ? this.ofRepository(repository) : NOWHERE
  }

  /** Written outside of the session's transaction: the rows are true whatever becomes of the session. */
  ofRepository(repository: Repository): Promise<SessionPlace> {
    const key = repository.topLevel ?? repository.gitDir
    let place = this.recorded.get(key)
    if (!place) {
      place = recordRepository(this.ctx, repository).then((found) => {
        this.repositories.set(found.repositoryId, repository)
        return found
      })
      this.recorded.set(key, place)
    }
    return place
  }

  private open(folder: string): Promise<Repository | null> {
    let repository = this.opened.get(folder)
    if (!repository) {
      repository = openRepository(folder).catch(() => null)
      this.opened.set(folder, repository)
    }
    return repository
  }
}
