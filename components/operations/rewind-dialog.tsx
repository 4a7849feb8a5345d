'use client'
import { keepPreviousData, useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { useTRPC, useTRPCClient } from '@/components/trpc'
import { Choice } from '@/components/ui/choice'
import { TextField } from '@/components/ui/text-field'
import { ToggleSwitch } from '@/components/ui/toggle-switch'
import { useDebounced } from '@/components/ui/use-debounced'
import type { OperationRequest, RewindWhat } from './operation-request'
import { PlanDialog } from './plan-dialog'

type PreserveMode = 'discard' | 'create_branch' | 'stash'

const PRESERVE: { value: PreserveMode; label: string; hint: string }[] = [
  {
    value: 'discard',
    label: 'Only on the recover shelf',
    hint: 'Nothing is left in the repository; Undo and the shelf still have everything.',
  },
  {
    value: 'create_branch',
    label: 'Also as a branch',
    hint: 'What is there now is committed to a new branch, so git sees it too.',
  },
  { value: 'stash', label: 'Also as a stash', hint: 'What is there now is put on the stash list.' },
]

/** Takes a task back: its files, its conversation, or both. */
export function RewindDialog({
  request,
  open,
  onClose,
}: {
  request: Extract<OperationRequest, { kind: 'rewind' }>
  open: boolean
  onClose: () => void
}) {
  const trpc = useTRPC()
  const client = useTRPCClient()
  const { taskId, checkpointId, messageId, codeUnavailableReason } = request
  const noCode = codeUnavailableReason ?? (checkpointId ? null : 'There is no checkpoint at or before this point.')
  const noTalk = messageId ? null : 'It is not known which message this belongs to.'
  const [what, setWhat] = useState<RewindWhat>(allowed(request.what, noCode, noTalk))
  const [preserveMode, setPreserveMode] = useState<PreserveMode>('discard')
  const [branchName, setBranchName] = useState('')
  const [includeEdited, setIncludeEdited] = useState<boolean>()
  const [includeChildren, setIncludeChildren] = useState(false)
  const branch = useDebounced(branchName.trim(), 350)
  const withCode = what !== 'conversation'
  const missing =
    noCode && noTalk
      ? `${noCode} ${noTalk}`
      : withCode && preserveMode === 'create_branch' && branchName.trim() === ''
        ? 'Give the branch a name to see the plan.'
        : null
  const keep = { preserveMode, branchName: preserveMode === 'create_branch' ? branch : undefined, includeEdited }
  const code = { taskId, checkpointId: checkpointId ?? '', includeChildren, ...keep }
  const talk = {
    taskId,
    toMessageId: messageId ?? '',
    rewindCode: what === 'both',
    includeChildren,
    ...(what === 'both' ? keep : {}),
  }
  const shared = {
    placeholderData: keepPreviousData,
    staleTime: 0,
    gcTime: 0,
    retry: false,
    refetchOnWindowFocus: true,
  }
  const enabled = open && missing === null && branch === branchName.trim()
  const codePlan = useQuery(
    trpc.operations.previewRewind.queryOptions(code, { ...shared, enabled: enabled && what === 'code' }),
  )
  const talkPlan = useQuery(
    trpc.operations.previewConversationRewind.queryOptions(talk, { ...shared, enabled: enabled && what !== 'code' }),
  )
  const plan = what === 'code' ? codePlan : talkPlan
  const hasChildren = includeChildren || (plan.data?.children.length ?? 0) > 0
  return (
    <PlanDialog
      title={`Rewind “${request.taskName}” to ${request.place}`}
      open={open}
      onClose={onClose}
      plan={plan}
      missing={missing}
      fallbackButton="Rewind"
      run={(planHash) =>
        what === 'code'
          ? client.operations.rewind.mutate({ ...code, planHash })
          : client.operations.conversationRewind.mutate({ ...talk, planHash })
      }
      form={
        <div className="grid gap-4 sm:grid-cols-2">
          <Choice
            label="What goes back"
            value={what}
            onChange={setWhat}
            options={[
              {
                value: 'code',
                label: 'Code',
                hint: 'Files return to the checkpoint; the talk stays.',
                disabledReason: noCode,
              },
              {
                value: 'conversation',
                label: 'Conversation',
                hint: 'Later messages leave the talk; no file is touched.',
                disabledReason: noTalk,
              },
              {
                value: 'both',
                label: 'Both',
                hint: 'Files and talk return together.',
                disabledReason: codeUnavailableReason ?? noTalk,
              },
            ]}
          />
          {withCode && (
            <div className="flex flex-col gap-2">
              <Choice
                label="What is there now is kept"
                value={preserveMode}
                onChange={setPreserveMode}
                options={PRESERVE}
              />
              {preserveMode === 'create_branch' && (
                <TextField
                  label="Branch name"
                  mono
                  value={branchName}
                  placeholder="before-rewind"
                  onChange={(event) => setBranchName(event.target.value)}
                />
              )}
              <ToggleSwitch
                checked={includeEdited === true}
                onChange={setIncludeEdited}
                label="Include files I edited myself"
                hint="Off: files changed by somebody other than the agent are left alone."
              />
            </div>
          )}
          {hasChildren && (
            <ToggleSwitch
              checked={includeChildren}
              onChange={setIncludeChildren}
              label="Child tasks go to the same moment"
              hint="In the same operation, with the same undo. Those that began later are stopped and left aside."
            />
          )}
        </div>
      }
    />
  )
}

function allowed(what: RewindWhat, noCode: string | null, noTalk: string | null): RewindWhat {
  if (what !== 'conversation' && noCode) return 'conversation'
  if (what !== 'code' && noTalk) return 'code'
  return what
}
