'use client'
import type { ReactNode } from 'react'
import type { TaskView } from '@/server/services/views'
import { StatusBadge } from '@/components/contracts/status-badge'
import { tellCost, tellTokens } from '@/components/contracts/token-total'
import { ForgetButton } from '@/components/forget/forget-button'
import { TakeCheckpoint } from '@/components/operations/take-checkpoint'
import { ResumeButton } from '@/components/runs/resume-button'
import { ShareButton } from '@/components/shares/share-button'
import { PageHeader } from '@/components/shell/page-header'
import { Facts } from '@/components/ui/facts'
import { formatCount, shortenPath } from '@/components/ui/format'
import { RelativeTime } from '@/components/ui/relative-time'
import { ShortId } from '@/components/ui/short-id'
import { TaskLinks } from './task-links'

type Relatives = { children: TaskView[]; forks: TaskView[]; origin: TaskView | null }

/** What a task is, where it works, and what it cost. */
export function TaskHeader({ task, relatives, actions }: { task: TaskView; relatives: Relatives; actions: ReactNode }) {
  const tokens = tellTokens(task.tokens)
  return (
    <PageHeader
      crumbs={[{ href: `/contracts/${task.contractId}`, label: task.contractName }]}
      title={task.name}
      actions={
        <>
          <ShortId id={task.id} what="Task id" className="max-sm:hidden" />
          {actions}
          <ForgetButton kind="task" id={task.id} then="/contracts" />
          <ShareButton task={task} />
          <TakeCheckpoint task={task} />
          <ResumeButton task={task} />
        </>
      }
    >
      <Facts
        facts={[
          { name: 'Status', value: <StatusBadge status={task.status} /> },
          { name: 'Agent', value: task.agent, title: task.models.join(', ') },
          ...(task.branch ? [{ name: 'Branch', value: <code>{task.branch}</code> }] : []),
          {
            name: 'Worktree',
            value: task.worktree ? <code>{shortenPath(task.worktree.path, 42)}</code> : 'not available',
            title: task.worktree?.path ?? task.codeUnavailableReason ?? undefined,
          },
          { name: 'Messages', value: formatCount(task.messageCount) },
          { name: 'Tool calls', value: formatCount(task.toolCallCount) },
          { name: 'Tokens', value: tokens.short, title: tokens.parts },
          { name: 'Cost', value: tellCost(task) },
          { name: 'Last activity', value: <RelativeTime at={task.lastActivityAt} /> },
        ]}
      />
      <div className="flex flex-wrap gap-1.5 empty:hidden [&:not(:empty)]:pb-2">
        {relatives.origin && <TaskLinks label="Forked from" tasks={[relatives.origin]} />}
        <TaskLinks label="Forks" tasks={relatives.forks} />
        <TaskLinks label="Child tasks" tasks={relatives.children} />
      </div>
    </PageHeader>
  )
}
