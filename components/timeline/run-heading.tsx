import Link from 'next/link'

/** The contract that the rows under it belong to. */
export function RunHeading({
  contractId,
  name,
  agent,
}: {
  contractId: string | null
  name: string
  agent: string | null
}) {
  return (
    <div className="flex h-full items-end gap-2 px-4 pb-1 text-xs">
      {contractId ? (
        <Link
          href={`/contracts/${contractId}`}
          prefetch={false}
          className="truncate font-medium text-ink-2 hover:text-ink hover:underline"
        >
          {name}
        </Link>
      ) : (
        <span className="truncate font-medium text-ink-2">{name}</span>
      )}
      {agent && <span className="shrink-0 text-ink-3">{agent}</span>}
      <span aria-hidden className="mb-1.5 h-px flex-1 bg-line" />
    </div>
  )
}
