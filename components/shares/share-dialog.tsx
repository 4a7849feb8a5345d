'use client'
import { keepPreviousData, useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { LoaderCircle } from 'lucide-react'
import { useState } from 'react'
import type { MadeShare } from '@/server/services/shares/share-views'
import type { OperationRequest } from '@/components/operations/operation-request'
import { useTRPC, useTRPCClient } from '@/components/trpc'
import { Button } from '@/components/ui/button'
import { copyText } from '@/components/ui/copy-text'
import { describeError } from '@/components/ui/error-text'
import { formatNoun } from '@/components/ui/format'
import { Modal } from '@/components/ui/modal'
import { SelectField } from '@/components/ui/select-field'
import { Skeleton } from '@/components/ui/skeleton'
import { TextArea } from '@/components/ui/text-area'
import { TextField } from '@/components/ui/text-field'
import { ToggleSwitch } from '@/components/ui/toggle-switch'
import { useDebounced } from '@/components/ui/use-debounced'
import type { ShownGroup } from './finding-groups'
import { Findings } from './findings'
import { ReaderView } from './reader-view'
import { SaveAs } from './save-as'

type Request = Extract<OperationRequest, { kind: 'share' }>

const EXPIRIES = [
  { value: '1', label: 'for a day' },
  { value: '7', label: 'for a week' },
  { value: '30', label: 'for a month' },
  { value: '365', label: 'for a year' },
  { value: '', label: 'until taken back' },
]

/** Everything that a reader will see and what was masked, before there is a link. */
export function ShareDialog({ request, open, onClose }: { request: Request; open: boolean; onClose: () => void }) {
  const trpc = useTRPC()
  const client = useTRPCClient()
  const queryClient = useQueryClient()
  const [title, setTitle] = useState<string | null>(null)
  const [note, setNote] = useState('')
  const [parts, setParts] = useState({
    includeThinking: false,
    includeToolInput: true,
    includeToolOutput: true,
    includeDiffs: true,
    includeImages: false,
  })
  const [keep, setKeep] = useState<ReadonlySet<string>>(new Set())
  const [show, setShow] = useState<ShownGroup[]>([])
  const [mask, setMask] = useState<string[]>([])
  const [days, setDays] = useState('30')
  const [password, setPassword] = useState('')
  const [page, setPage] = useState(1)
  const [selected, setSelected] = useState('')
  const words = useDebounced(JSON.stringify({ title, note }), 500)
  const asked = {
    taskId: request.taskId,
    toMessageId: request.messageId ?? undefined,
    ...(JSON.parse(words) as { title: string | null; note: string }),
    ...parts,
    keep: [...keep],
    show,
    mask,
  }
  const preview = useQuery({
    queryKey: ['share preview', asked, page],
    queryFn: () => client.shares.preview.mutate({ ...asked, title: asked.title || undefined, page }),
    enabled: open,
    staleTime: 0,
    gcTime: 0,
    retry: false,
    placeholderData: keepPreviousData,
  })
  const create = useMutation(
    trpc.shares.create.mutationOptions({
      onSuccess: () => void queryClient.invalidateQueries(trpc.shares.pathFilter()),
    }),
  )
  if (create.data) return <Made share={create.data} open={open} onClose={onClose} />
  const shown = preview.data
  const error = create.error ?? preview.error
  const isSettled = !preview.isFetching && words === JSON.stringify({ title, note })
  const passwordIsShort = password !== '' && password.length < 6
  const make = () =>
    create.mutate({
      ...asked,
      title: title?.trim() || undefined,
      note: note.trim() || undefined,
      expiresInDays: days === '' ? undefined : Number(days),
      password: password === '' ? undefined : password,
    })
  const masksSelection = selected.length >= 3 && selected.length <= 2_000 && !mask.includes(selected)
  const maskSelection = () => {
    if (!masksSelection) return
    setMask([...mask, selected])
    setSelected('')
  }
  return (
    <Modal
      open={open}
      onClose={onClose}
      title={`Share “${request.taskName}”${request.messageId ? ' up to this message' : ''}`}
      description="Whoever has the link reads a frozen copy. It needs no account and leads to nothing else of yours."
      wide
      footer={
        <>
          <p role="status" className="mr-auto text-xs text-ink-2">
            {(preview.isFetching || create.isPending) && (
              <span className="inline-flex items-center gap-1.5">
                <LoaderCircle size={14} className="animate-spin" aria-hidden />
                {create.isPending ? 'Making the copy' : 'Looking for secrets'}
              </span>
            )}
          </p>
          <Button size="md" onClick={onClose}>
            Cancel
          </Button>
          <SaveAs
            disabled={!shown || !isSettled || shown.messages === 0}
            file={{ ...asked, title: title?.trim() || undefined, note: note.trim() || undefined }}
          />
          <Button
            size="md"
            variant="primary"
            disabled={!shown || !isSettled || shown.messages === 0 || passwordIsShort || create.isPending}
            onClick={make}
          >
            {shown ? `Share ${formatNoun(shown.messages, 'message')}` : 'Share'}
          </Button>
        </>
      }
    >
      <div className="flex flex-col gap-4">
        {error && (
          <p role="alert" className="rounded-md border border-del-mark bg-del-soft px-3 py-2 text-sm">
            {describeError(error).detail}
          </p>
        )}
        {!shown && !error && (
          <div role="status" aria-label="Looking for secrets" className="flex flex-col gap-2">
            <Skeleton className="h-4 w-3/4" />
            <Skeleton className="h-40 w-full" />
          </div>
        )}
        {shown && (
          <>
            <div className="grid gap-x-4 gap-y-3 sm:grid-cols-2">
              <TextField
                label="Title"
                value={title ?? shown.title}
                onChange={(event) => setTitle(event.target.value)}
              />
              <div className="flex items-end gap-2">
                <span className="flex flex-col gap-1 text-xs font-medium text-ink-2">
                  Open
                  <SelectField
                    size="md"
                    label="How long the link is open"
                    value={days}
                    onChange={setDays}
                    options={EXPIRIES}
                  />
                </span>
                <TextField
                  className="flex-1"
                  label="Password (may be empty)"
                  type="password"
                  value={password}
                  onChange={(event) => setPassword(event.target.value)}
                />
              </div>
              <TextArea
                className="sm:col-span-2"
                label="A word to the reader (may be empty)"
                rows={2}
                value={note}
                onChange={(event) => setNote(event.target.value)}
              />
            </div>
            {passwordIsShort && <p className="text-xs text-del">A password has 6 characters or more.</p>}
            <div className="flex flex-wrap gap-x-6">
              <ToggleSwitch
                checked={parts.includeToolInput}
                onChange={(next) => setParts({ ...parts, includeToolInput: next })}
                label="What tools were asked"
              />
              <ToggleSwitch
                checked={parts.includeToolOutput}
                onChange={(next) => setParts({ ...parts, includeToolOutput: next })}
                label="What tools answered"
              />
              <ToggleSwitch
                checked={parts.includeThinking}
                onChange={(next) => setParts({ ...parts, includeThinking: next })}
                label="What the model thought"
              />
              <ToggleSwitch
                checked={parts.includeDiffs}
                onChange={(next) => setParts({ ...parts, includeDiffs: next })}
                label="What was written into files"
              />
              <ToggleSwitch
                checked={parts.includeImages}
                onChange={(next) => setParts({ ...parts, includeImages: next })}
                label="Images"
              />
            </div>
            {shown.images > 0 && (
              <p className="text-xs text-warn">
                {formatNoun(shown.images, 'image')} will be seen as {shown.images === 1 ? 'it is' : 'they are'}: nothing
                in images is looked for or masked.
              </p>
            )}
            <Findings
              findings={shown.findings}
              more={shown.moreFindings}
              keep={keep}
              onKeep={setKeep}
              show={show}
              onShow={setShow}
              mask={mask}
              onMask={setMask}
            />
            <div className="flex flex-col gap-1.5">
              <div className="flex min-h-7 items-center gap-2">
                <p className="flex-1 text-xs font-medium text-ink-2">What the reader will see</p>
                {masksSelection && <Button onClick={maskSelection}>Mask this</Button>}
                {shown.pages > 1 && (
                  <>
                    <Button disabled={page <= 1} onClick={() => setPage(page - 1)}>
                      Earlier
                    </Button>
                    <span className="tabular text-xs text-ink-2">
                      {page} of {shown.pages}
                    </span>
                    <Button disabled={page >= shown.pages} onClick={() => setPage(page + 1)}>
                      Later
                    </Button>
                  </>
                )}
              </div>
              <p className="text-xs text-ink-2">
                No rule knows every secret, such as a password in a sentence. Read through it, select what nobody should
                see, and press Mask this or Enter.
              </p>
              <ReaderView messages={shown.page} onSelect={setSelected} onMask={maskSelection} />
            </div>
          </>
        )}
      </div>
    </Modal>
  )
}

/** The link, told this once. */
function Made({ share, open, onClose }: { share: MadeShare; open: boolean; onClose: () => void }) {
  const link = share.url ?? `${window.location.origin}${share.path}`
  const isHereOnly = /^https?:\/\/(localhost|127\.|\[::1\])/.test(link)
  return (
    <Modal
      open={open}
      onClose={onClose}
      title="The link is made"
      description="It is told this once: only a hash of it is kept."
      footer={
        <>
          <a className="mr-auto text-sm text-accent hover:underline" href={share.path} target="_blank" rel="noreferrer">
            Open it
          </a>
          <Button size="md" onClick={onClose}>
            Close
          </Button>
          <Button size="md" variant="primary" onClick={() => void copyText(link, 'Link')}>
            Copy the link
          </Button>
        </>
      }
    >
      <div className="flex flex-col gap-3 text-sm">
        <TextField label="Link" mono readOnly value={link} onFocus={(event) => event.target.select()} />
        <p className="text-ink-2">
          {formatNoun(share.messages, 'message')}
          {share.hasPassword ? ', behind its password' : ''}
          {share.expiresAt ? `, open until ${share.expiresAt.toLocaleDateString()}` : ', open until you take it back'}.
          All your links are listed under Operations, Shares, where you take them back.
        </p>
        {isHereOnly && (
          <p className="text-ink-2">
            It opens on this machine only. To let others read your shares, and nothing else, start Makima with{' '}
            <code>--share-host 0.0.0.0</code>; or save the conversation as a page and send that.
          </p>
        )}
      </div>
    </Modal>
  )
}
