import type { Metadata } from 'next'
import { type StartPlace, firstSliceInput } from '@/components/conversation/start-place'
import { TaskScreen } from '@/components/conversation/task-screen'
import { QueryBoundary } from '@/components/ui/query-boundary'
import { loadOr404 } from '@/app/load-or-404'
import { HydrateClient, prefetchAll, trpc } from '@/server/rsc'
import { showSigns } from '@/text/signs'

type Props = {
  params: Promise<{ taskId: string }>
  searchParams: Promise<{ message?: string | string[]; at?: string | string[] }>
}

export async function generateMetadata({ params }: Props): Promise<Metadata> {
  const { taskId } = await params
  return { title: showSigns((await loadOr404(trpc.tasks.get.queryOptions({ id: taskId }))).name) }
}

export default async function TaskPage({ params, searchParams }: Props) {
  const { taskId } = await params
  const { message, at } = await searchParams
  await loadOr404(trpc.tasks.get.queryOptions({ id: taskId }))
  const messageId = typeof message === 'string' ? message : null
  // A message that was rewound since has no place; then the conversation opens at its end.
  const place = messageId ? await loadOr404(trpc.conversation.locate.queryOptions({ taskId, messageId })) : null
  const start: StartPlace = place?.index ?? (at === 'start' ? 'start' : 'end')
  await prefetchAll(
    trpc.conversation.slice.queryOptions(firstSliceInput(taskId, start)),
    trpc.checkpoints.list.queryOptions({ taskId }),
    trpc.tasks.relatives.queryOptions({ id: taskId }),
  )
  return (
    <HydrateClient>
      <QueryBoundary>
        <TaskScreen key={`${taskId} ${start}`} taskId={taskId} messageId={messageId} start={start} />
      </QueryBoundary>
    </HydrateClient>
  )
}
