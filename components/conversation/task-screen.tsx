'use client'
import { useQueryClient, useSuspenseQuery } from '@tanstack/react-query'
import { useSubscription } from '@trpc/tanstack-react-query'
import { ArrowDownToLine, ArrowUpToLine, PanelRight } from 'lucide-react'
import { useRouter } from 'next/navigation'
import { useCallback, useEffect, useEffectEvent, useMemo, useRef, useState } from 'react'
import type { CheckpointView, MessageView } from '@/server/services/views'
import { useOperationDialog } from '@/components/operations/operation-dialogs'
import { isOpenRun, LivePanel } from '@/components/runs/live-panel'
import { useLiveRun } from '@/components/runs/use-live-run'
import { useTRPC } from '@/components/trpc'
import { EmptyState } from '@/components/ui/empty-state'
import { FloatingMenu } from '@/components/ui/floating-menu'
import { IconButton } from '@/components/ui/icon-button'
import { Modal } from '@/components/ui/modal'
import { useHydrated } from '@/components/ui/use-hydrated'
import { useKeys } from '@/components/ui/use-keys'
import { type ConversationHandle, ConversationList } from './conversation-list'
import { FirstMessages } from './first-messages'
import { messageActions } from './point-actions'
import { RowMemory } from './row-memory'
import { SideRail } from './side-rail'
import { TaskHeader } from './task-header'
import type { StartPlace } from './start-place'
import { VisibleIndex } from './visible-index'

/** The conversation of a task with its checkpoints beside it. */
export function TaskScreen({
  taskId,
  messageId,
  start,
}: {
  taskId: string
  messageId: string | null
  start: StartPlace
}) {
  const trpc = useTRPC()
  const queryClient = useQueryClient()
  const router = useRouter()
  const ask = useOperationDialog()
  const hydrated = useHydrated()
  const { data: task } = useSuspenseQuery(
    trpc.tasks.get.queryOptions(
      { id: taskId },
      { refetchInterval: (query) => (query.state.data?.status === 'running' ? 4_000 : false) },
    ),
  )
  const { data: checkpoints } = useSuspenseQuery(trpc.checkpoints.list.queryOptions({ taskId }))
  const { data: relatives } = useSuspenseQuery(trpc.tasks.relatives.queryOptions({ id: taskId }))
  const list = useRef<ConversationHandle>(null)
  const [visible] = useState(() => new VisibleIndex())
  const [railOpen, setRailOpen] = useState(false)
  const [menu, setMenu] = useState<{ message: MessageView; anchor: HTMLElement } | null>(null)
  const checkpointsAt = useMemo(() => groupByIndex(checkpoints), [checkpoints])

  const refresh = useEffectEvent(() => {
    void queryClient.invalidateQueries(trpc.conversation.slice.queryFilter({ taskId }))
    void queryClient.invalidateQueries(trpc.checkpoints.list.queryFilter({ taskId }))
  })
  useEffect(() => {
    if (task.status === 'running') refresh()
  }, [task.messageCount, task.status])
  useSubscription(
    trpc.history.onEvent.subscriptionOptions(
      { taskId },
      {
        onData: () => {
          void queryClient.invalidateQueries(trpc.tasks.pathFilter())
          void queryClient.invalidateQueries(trpc.conversation.slice.queryFilter({ taskId }))
          void queryClient.invalidateQueries(trpc.conversation.outline.queryFilter({ taskId }))
          void queryClient.invalidateQueries(trpc.checkpoints.list.queryFilter({ taskId }))
        },
      },
    ),
  )

  const { run, live } = useLiveRun(taskId, () =>
    Promise.all([
      queryClient.invalidateQueries(trpc.conversation.slice.queryFilter({ taskId })),
      queryClient.invalidateQueries(trpc.tasks.get.queryFilter({ id: taskId })),
    ]),
  )
  const show = (place: StartPlace) => {
    setRailOpen(false)
    list.current?.show(place)
  }
  const atWork = run !== null && isOpenRun(run) ? run.id : null
  useEffect(() => {
    // Who lets an agent go on wants to see what it does; who came for a message wants to see that.
    if (atWork !== null && messageId === null) list.current?.show('end')
  }, [atWork, messageId])
  const placed = useMemo(() => checkpoints.filter((each) => each.messageIndex !== null), [checkpoints])
  const showPrompt = async (by: 1 | -1) => {
    const outline = await queryClient.ensureQueryData(trpc.conversation.outline.queryOptions({ taskId }))
    const next =
      by > 0
        ? outline.prompts.find((prompt) => prompt.index > visible.get())
        : outline.prompts.findLast((prompt) => prompt.index < visible.get())
    if (next) show(next.index)
  }
  useKeys({
    'g g': () => show('start'),
    G: () => show('end'),
    '[': () => show(placed.findLast((each) => (each.messageIndex ?? 0) < visible.get())?.messageIndex ?? 'start'),
    ']': () => show(placed.find((each) => (each.messageIndex ?? 0) > visible.get())?.messageIndex ?? 'end'),
    n: () => void showPrompt(1),
    p: () => void showPrompt(-1),
  })
  const openMenu = useCallback((message: MessageView, anchor: HTMLElement) => setMenu({ message, anchor }), [])
  const empty = <EmptyConversation captured={task.nativeSessionId !== null} />
  const rail = <SideRail task={task} checkpoints={checkpoints} visible={visible} onShow={show} />
  return (
    <>
      <TaskHeader
        task={task}
        relatives={relatives}
        actions={
          <>
            <IconButton icon={ArrowUpToLine} label="To the start (g g)" onClick={() => show('start')} />
            <IconButton icon={ArrowDownToLine} label="To the end (G)" onClick={() => show('end')} />
            <IconButton
              icon={PanelRight}
              label="Checkpoints and prompts"
              onClick={() => setRailOpen(true)}
              className="xl:hidden"
            />
          </>
        }
      />
      <div className="flex min-h-0 flex-1">
        <section aria-label="Messages" className="flex min-h-0 min-w-0 flex-1 flex-col">
          {hydrated ? (
            <RowMemory key={`${taskId} ${messageId}`}>
              <ConversationList
                taskId={taskId}
                start={start}
                checkpointsAt={checkpointsAt}
                marked={messageId}
                handle={list}
                onMenu={openMenu}
                onFirstVisible={visible.set}
                empty={empty}
              />
            </RowMemory>
          ) : (
            <FirstMessages
              taskId={taskId}
              start={start}
              checkpointsAt={checkpointsAt}
              marked={messageId}
              empty={empty}
            />
          )}
          {run && <LivePanel run={run} live={live} lastRecordAt={task.lastActivityAt} />}
        </section>
        <aside
          aria-label="Checkpoints and prompts"
          className="flex min-h-0 w-80 shrink-0 flex-col border-l border-line max-xl:hidden"
        >
          {rail}
        </aside>
      </div>
      <FloatingMenu
        anchor={menu?.anchor ?? null}
        onClose={() => setMenu(null)}
        actions={() => (menu ? messageActions(menu.message, checkpoints, { task, ask, open: router.push }) : [])}
      />
      <Modal open={railOpen} onClose={() => setRailOpen(false)} title="Checkpoints and prompts">
        <div className="-mx-4 -my-3 flex h-[60dvh] flex-col">{rail}</div>
      </Modal>
    </>
  )
}

function EmptyConversation({ captured }: { captured: boolean }) {
  return captured ? (
    <EmptyState title="No message is in force">
      Everything was rewound. The recover shelf in Operations still has it, and Undo brings it back.
    </EmptyState>
  ) : (
    <EmptyState title="No conversation was captured">
      This task has no transcript. Its files can still be saved as checkpoints and brought back.
    </EmptyState>
  )
}

function groupByIndex(checkpoints: readonly CheckpointView[]): Map<number, CheckpointView[]> {
  const groups = new Map<number, CheckpointView[]>()
  for (const checkpoint of checkpoints) {
    if (checkpoint.messageIndex === null) continue
    groups.set(checkpoint.messageIndex, [...(groups.get(checkpoint.messageIndex) ?? []), checkpoint])
  }
  return groups
}
