'use client'
import { Tabs } from '@base-ui/react/tabs'
import type { CheckpointView, TaskView } from '@/server/services/views'
import { formatCount } from '@/components/ui/format'
import { TabList } from '@/components/ui/tab-list'
import { CheckpointRail } from './checkpoint-rail'
import { PromptRail } from './prompt-rail'
import type { VisibleIndex } from './visible-index'

/** Ways through a conversation: by checkpoint and by prompt. */
export function SideRail({
  task,
  checkpoints,
  visible,
  onShow,
}: {
  task: TaskView
  checkpoints: CheckpointView[]
  visible: VisibleIndex
  onShow: (index: number) => void
}) {
  return (
    <Tabs.Root
      defaultValue={checkpoints.length > 0 ? 'checkpoints' : 'prompts'}
      className="flex min-h-0 flex-1 flex-col"
    >
      <TabList
        label="Ways through the conversation"
        tabs={[
          { value: 'checkpoints', label: 'Checkpoints', count: formatCount(checkpoints.length) },
          { value: 'prompts', label: 'Prompts' },
        ]}
      />
      <Tabs.Panel value="checkpoints" className="flex min-h-0 flex-1 flex-col outline-none">
        <CheckpointRail task={task} checkpoints={checkpoints} visible={visible} onShow={onShow} />
      </Tabs.Panel>
      <Tabs.Panel value="prompts" className="flex min-h-0 flex-1 flex-col outline-none">
        <PromptRail taskId={task.id} visible={visible} onShow={onShow} />
      </Tabs.Panel>
    </Tabs.Root>
  )
}
