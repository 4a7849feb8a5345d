'use client'
import { Tabs } from '@base-ui/react/tabs'
import { useQuery, useSuspenseQuery } from '@tanstack/react-query'
import { ChevronLeft, ChevronRight, GitBranch, GitFork, RotateCcw } from 'lucide-react'
import Link from 'next/link'
import { useRouter } from 'next/navigation'
import { useQueryStates } from 'nuqs'
import { useOperationDialog } from '@/components/operations/operation-dialogs'
import { PageHeader } from '@/components/shell/page-header'
import { useTRPC } from '@/components/trpc'
import { Button } from '@/components/ui/button'
import { buttonClass } from '@/components/ui/button-class'
import { Facts } from '@/components/ui/facts'
import { firstLine, formatCount, formatNoun } from '@/components/ui/format'
import { IconButton } from '@/components/ui/icon-button'
import { PlusMinus } from '@/components/ui/plus-minus'
import { RelativeTime } from '@/components/ui/relative-time'
import { SelectField } from '@/components/ui/select-field'
import { SkeletonRows } from '@/components/ui/skeleton-rows'
import { ShortId } from '@/components/ui/short-id'
import { TabList } from '@/components/ui/tab-list'
import { useHydrated } from '@/components/ui/use-hydrated'
import { useKeys } from '@/components/ui/use-keys'
import { ChangesPanel } from './changes-panel'
import { checkpointParsers } from './checkpoint-params'
import { FilesPanel } from './files-panel'
import { NotCovered } from './not-covered'

/** What a checkpoint changed, and the files as they were. */
export function CheckpointScreen({ checkpointId }: { checkpointId: string }) {
  const trpc = useTRPC()
  const router = useRouter()
  const ask = useOperationDialog()
  const [params, setParams] = useQueryStates(checkpointParsers, { history: 'replace' })
  const { data } = useSuspenseQuery(trpc.checkpoints.get.queryOptions({ id: checkpointId }))
  const { checkpoint, task, previousId, nextId, siblings } = data
  const diff = useQuery(
    trpc.checkpoints.diff.queryOptions(
      { id: checkpointId, against: params.against },
      { enabled: params.tab === 'changes', retry: false },
    ),
  )
  const hydrated = useHydrated()
  const go = (id: string | null) => id && router.push(`/checkpoints/${id}`)
  useKeys({ '[': () => go(previousId), ']': () => go(nextId) })
  const place = `checkpoint ${checkpoint.number}`
  const target = { taskId: task.id, taskName: task.name, place }
  const stats = (hydrated ? diff.data?.stats : null) ?? checkpoint
  return (
    <>
      <PageHeader
        crumbs={[
          { href: `/contracts/${task.contractId}`, label: task.contractName },
          { href: `/tasks/${task.id}`, label: task.name },
        ]}
        title={`Checkpoint ${checkpoint.number}: ${firstLine(checkpoint.message) || checkpoint.kind}`}
        actions={
          <>
            <IconButton
              icon={ChevronLeft}
              label="Previous checkpoint ([)"
              disabled={!previousId}
              onClick={() => go(previousId)}
            />
            <IconButton icon={ChevronRight} label="Next checkpoint (])" disabled={!nextId} onClick={() => go(nextId)} />
            <Button
              variant="primary"
              onClick={() =>
                ask({
                  ...target,
                  kind: 'rewind',
                  checkpointId,
                  messageId: checkpoint.messageId,
                  codeUnavailableReason: task.codeUnavailableReason,
                  what: 'code',
                })
              }
            >
              <RotateCcw size={13} aria-hidden /> Rewind
            </Button>
            <Button onClick={() => ask({ ...target, kind: 'branch', checkpointId })}>
              <GitBranch size={13} aria-hidden /> Branch
            </Button>
            <Button onClick={() => ask({ ...target, kind: 'fork', from: { type: 'checkpoint', value: checkpointId } })}>
              <GitFork size={13} aria-hidden /> Fork
            </Button>
          </>
        }
      >
        <Facts
          facts={[
            { name: 'Taken', value: <RelativeTime at={checkpoint.createdAt} /> },
            { name: 'Kind', value: checkpoint.kind },
            { name: 'Commit', value: <code>{checkpoint.commitSha.slice(0, 10)}</code>, title: checkpoint.commitSha },
            ...(checkpoint.branch ? [{ name: 'Branch', value: <code>{checkpoint.branch}</code> }] : []),
            { name: 'Files', value: formatCount(stats.files) },
            { name: 'Lines', value: <PlusMinus additions={stats.additions} deletions={stats.deletions} /> },
            { name: 'Id', value: <ShortId id={checkpoint.id} what="Checkpoint id" /> },
            {
              name: 'Message',
              value: checkpoint.messageId ? (
                <Link
                  href={`/tasks/${task.id}?message=${checkpoint.messageId}`}
                  className="text-accent hover:underline"
                >
                  where it was taken
                </Link>
              ) : (
                'not known'
              ),
            },
          ]}
        />
      </PageHeader>
      <Tabs.Root
        value={params.tab}
        onValueChange={(tab) => void setParams({ tab, file: null })}
        className="flex min-h-0 flex-1 flex-col"
      >
        <div className="flex flex-wrap items-center gap-x-3 border-b border-line pr-4 [&>[role=tablist]]:border-b-0">
          <TabList
            label="What to see"
            tabs={[
              { value: 'changes', label: 'Changes', count: formatCount(stats.files) },
              { value: 'files', label: 'Files at that moment' },
            ]}
          />
          {params.tab === 'changes' && (
            <div className="ml-auto flex items-center gap-1.5 py-1 max-sm:ml-4">
              <SelectField
                label="Compare against"
                value={params.against}
                onChange={(against) => void setParams({ against, file: null })}
                options={[
                  { value: 'parent', label: 'against its parent' },
                  ...(task.codeUnavailableReason ? [] : [{ value: 'worktree', label: 'against the worktree now' }]),
                  ...siblings
                    .filter((sibling) => sibling.id !== checkpointId)
                    .map((sibling) => ({
                      value: sibling.id,
                      label: `against ${sibling.number}: ${firstLine(sibling.message, 40)}`,
                    })),
                ]}
                className="max-w-56"
              />
              <div role="group" aria-label="Layout" className="flex max-sm:hidden">
                {(['unified', 'split'] as const).map((view) => (
                  <button
                    key={view}
                    type="button"
                    aria-pressed={params.view === view}
                    onClick={() => void setParams({ view })}
                    className={buttonClass(
                      {},
                      `first:rounded-r-none last:-ml-px last:rounded-l-none ${params.view === view ? '!bg-hover' : 'text-ink-2'}`,
                    )}
                  >
                    {view}
                  </button>
                ))}
              </div>
            </div>
          )}
        </div>
        <NotCovered files={checkpoint.notCovered} />
        <Tabs.Panel value="changes" className="flex min-h-0 flex-1 flex-col outline-none">
          {hydrated ? (
            <ChangesPanel
              checkpointId={checkpointId}
              against={params.against}
              view={params.view}
              diff={diff}
              selected={params.file}
              onSelect={(file) => void setParams({ file })}
            />
          ) : (
            <SkeletonRows rows={14} height={36} label="Loading the changes" />
          )}
        </Tabs.Panel>
        <Tabs.Panel value="files" className="flex min-h-0 flex-1 flex-col outline-none">
          <FilesPanel
            checkpointId={checkpointId}
            selected={params.file}
            onSelect={(file) => void setParams({ file })}
          />
        </Tabs.Panel>
      </Tabs.Root>
      <p className="sr-only" role="status">
        {hydrated && diff.data ? `${formatNoun(diff.data.stats.files, 'file')} changed` : ''}
      </p>
    </>
  )
}
