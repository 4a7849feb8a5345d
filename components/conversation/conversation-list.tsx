'use client'
import { useVirtualizer, type Virtualizer } from '@tanstack/react-virtual'
import {
  type ReactNode,
  type Ref,
  useEffect,
  useEffectEvent,
  useImperativeHandle,
  useLayoutEffect,
  useRef,
} from 'react'
import type { CheckpointView, MessageView } from '@/server/services/views'
import { Skeleton } from '@/components/ui/skeleton'
import { useListKeys } from '@/components/ui/use-list-keys'
import { estimateHeight } from './conversation-pages'
import { MessageRow } from './message-row'
import type { StartPlace } from './start-place'
import { useConversation, useMissingPages } from './use-conversation'

export type ConversationHandle = { show: (place: StartPlace) => void }

const OVERSCAN = 5
/** More pixels than a row has on average: so many times the rows lie beyond the end of any conversation. */
const ROOMY_ROW = 400

/** The messages of a task, windowed over all positions of the conversation. */
export function ConversationList({
  taskId,
  start,
  checkpointsAt,
  marked,
  handle,
  empty,
  onMenu,
  onFirstVisible,
}: {
  taskId: string
  start: StartPlace
  checkpointsAt: ReadonlyMap<number, CheckpointView[]>
  marked: string | null
  handle: Ref<ConversationHandle>
  empty: ReactNode
  onMenu: (message: MessageView, anchor: HTMLElement) => void
  onFirstVisible: (index: number) => void
}) {
  const scroller = useRef<HTMLDivElement>(null)
  const known = useConversation(taskId, start)
  const { total } = known
  const virtualizer = useVirtualizer({
    count: total,
    getScrollElement: () => scroller.current,
    estimateSize: (index) => estimateHeight(known.get(index)),
    overscan: OVERSCAN,
    // Near enough that the first rows drawn, and asked for, are not those of the other end.
    initialOffset: () =>
      start === 'end' ? total * ROOMY_ROW : start === 'start' ? 0 : start * estimateHeight(undefined),
    paddingStart: 12,
    paddingEnd: 24,
    scrollPaddingStart: 12,
    scrollPaddingEnd: 24,
    useFlushSync: false,
  })
  const items = virtualizer.getVirtualItems()
  const failed = useMissingPages(taskId, known, items[0]?.index ?? 0, items.at(-1)?.index ?? -1)

  useFollowEnd(virtualizer, total)
  const show = (place: StartPlace) => scrollTo(virtualizer, place, total)
  useImperativeHandle(handle, () => ({ show }))
  const open = useEffectEvent(() => show(start))
  useLayoutEffect(() => open(), [])
  const firstVisible = items.find((item) => item.end > (virtualizer.scrollOffset ?? 0) + 1)?.index ?? 0
  const tell = useEffectEvent(onFirstVisible)
  useEffect(() => tell(firstVisible), [firstVisible])
  useListKeys({
    root: scroller,
    count: total,
    scrollTo: (index) => virtualizer.scrollToIndex(index, { align: 'auto' }),
    firstVisible: () => firstVisible,
  })
  if (total === 0) return empty
  return (
    <div
      ref={scroller}
      tabIndex={0}
      role="feed"
      aria-label="Conversation"
      aria-busy={items.some((item) => !known.get(item.index))}
      className="min-h-0 flex-1 overflow-y-auto [overflow-anchor:none]"
    >
      <div className="relative" style={{ height: virtualizer.getTotalSize() }}>
        {items.map((item) => {
          const message = known.get(item.index)
          return (
            <div
              key={item.key}
              ref={virtualizer.measureElement}
              data-index={item.index}
              data-row={item.index}
              className="absolute inset-x-0 top-0"
              style={{ transform: `translateY(${item.start}px)` }}
            >
              {message ? (
                <MessageRow
                  taskId={taskId}
                  message={message}
                  checkpoints={checkpointsAt.get(item.index)}
                  marked={message.id === marked}
                  onMenu={onMenu}
                />
              ) : (
                <MessagePlaceholder failed={failed} />
              )}
            </div>
          )
        })}
      </div>
    </div>
  )
}

/** Who reads at the end stays at the end when more is said; everybody else stays where they are. */
function useFollowEnd(virtualizer: Virtualizer<HTMLDivElement, Element>, total: number) {
  const before = useRef({ total, atEnd: false })
  useLayoutEffect(() => {
    if (total > before.current.total && before.current.atEnd) scrollTo(virtualizer, 'end', total)
    before.current = { total, atEnd: isNearEnd(virtualizer) }
  })
}

/** From what the virtualizer knows already: asking the page would lay it out anew on every frame. */
function isNearEnd(virtualizer: Virtualizer<HTMLDivElement, Element>): boolean {
  const bottom = (virtualizer.scrollOffset ?? 0) + (virtualizer.scrollRect?.height ?? 0)
  return virtualizer.getTotalSize() - bottom < 60
}

function scrollTo(virtualizer: Virtualizer<HTMLDivElement, Element>, place: StartPlace, total: number) {
  if (place === 'end') virtualizer.scrollToIndex(total - 1, { align: 'end' })
  else virtualizer.scrollToIndex(place === 'start' ? 0 : place, { align: 'start' })
}

function MessagePlaceholder({ failed }: { failed: boolean }) {
  return (
    <div className="mx-auto flex h-[46px] w-full max-w-[920px] items-center gap-3 px-3">
      {failed ? (
        <p className="text-xs text-del">This part could not be loaded. Scroll away and back to try again.</p>
      ) : (
        <Skeleton className="h-4 flex-1" />
      )}
    </div>
  )
}
