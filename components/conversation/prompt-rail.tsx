'use client'
import { useQuery } from '@tanstack/react-query'
import { useTRPC } from '@/components/trpc'
import { cx } from '@/components/ui/cx'
import { EmptyState } from '@/components/ui/empty-state'
import { ErrorState } from '@/components/ui/error-state'
import { RailList } from '@/components/ui/rail-list'
import { RelativeTime } from '@/components/ui/relative-time'
import { SkeletonRows } from '@/components/ui/skeleton-rows'
import { useVisible, type VisibleIndex } from './visible-index'

/** What the person said, as an outline to jump by. */
export function PromptRail({
  taskId,
  visible,
  onShow,
}: {
  taskId: string
  visible: VisibleIndex
  onShow: (index: number) => void
}) {
  const trpc = useTRPC()
  const { data, error, refetch } = useQuery(trpc.conversation.outline.queryOptions({ taskId }))
  const current = useVisible(visible, (index) => data?.prompts.findLastIndex((prompt) => prompt.index <= index) ?? -1)
  if (error) return <ErrorState error={error} onRetry={() => void refetch()} />
  if (!data) return <SkeletonRows rows={10} height={52} label="Loading the prompts" />
  if (data.prompts.length === 0) return <EmptyState title="No prompts">Nobody spoke in this conversation.</EmptyState>
  return (
    <RailList
      label="Prompts"
      count={data.prompts.length}
      rowHeight={56}
      current={current}
      render={(index) => {
        const prompt = data.prompts[index]
        return prompt ? (
          <button
            type="button"
            onClick={() => onShow(prompt.index)}
            className={cx(
              'flex h-full w-full flex-col justify-center border-b border-line px-4 text-left -outline-offset-2',
              index === current ? 'bg-accent-soft' : 'hover:bg-hover',
            )}
          >
            <span className="line-clamp-2 w-full text-xs [overflow-wrap:anywhere]">{prompt.text}</span>
            <RelativeTime at={prompt.at} className="text-2xs text-ink-2" />
          </button>
        ) : null
      }}
    />
  )
}
