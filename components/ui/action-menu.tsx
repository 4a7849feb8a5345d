'use client'
import { Menu } from '@base-ui/react/menu'
import type { LucideIcon } from 'lucide-react'
import { Ellipsis } from 'lucide-react'
import { cx } from './cx'

export type MenuAction =
  | { label: string; icon?: LucideIcon; onSelect: () => void; disabledReason?: string | null; danger?: boolean }
  | 'separator'

/** The "…" button of a row and what can be done with it; a sheet on phones. */
export function ActionMenu({
  label,
  actions,
  className,
}: {
  label: string
  actions: () => MenuAction[]
  className?: string
}) {
  return (
    <Menu.Root modal={false}>
      <Menu.Trigger
        aria-label={label}
        title={label}
        className={cx(
          'inline-flex size-7 shrink-0 items-center justify-center rounded-md text-ink-3 hover:bg-hover hover:text-ink data-popup-open:bg-hover pointer-coarse:size-10',
          className,
        )}
      >
        <Ellipsis size={15} aria-hidden />
      </Menu.Trigger>
      <Menu.Portal>
        <Menu.Positioner
          align="end"
          sideOffset={4}
          className="z-50 max-sm:!fixed max-sm:!inset-x-0 max-sm:!top-auto max-sm:!bottom-0 max-sm:!transform-none"
        >
          <Menu.Popup className="min-w-52 rounded-lg border border-line bg-raised p-1 shadow-lift outline-none max-sm:w-full max-sm:rounded-b-none max-sm:pb-4">
            <MenuItems actions={actions} />
          </Menu.Popup>
        </Menu.Positioner>
      </Menu.Portal>
    </Menu.Root>
  )
}

function MenuItems({ actions }: { actions: () => MenuAction[] }) {
  return actions().map((action, index) =>
    action === 'separator' ? (
      <Menu.Separator key={`line-${index}`} className="mx-1 my-1 h-px bg-line" />
    ) : (
      <Menu.Item
        key={action.label}
        disabled={Boolean(action.disabledReason)}
        onClick={action.onSelect}
        className={cx(
          'flex cursor-default flex-col rounded-md px-2 py-1 text-sm outline-none select-none data-highlighted:bg-hover data-disabled:text-ink-3 max-sm:py-2.5',
          action.danger && 'text-del',
        )}
      >
        <span className="flex items-center gap-2">
          {action.icon && <action.icon size={14} aria-hidden className="shrink-0" />}
          {action.label}
        </span>
        {action.disabledReason && (
          <span className="max-w-72 pl-[22px] text-2xs text-ink-3">{action.disabledReason}</span>
        )}
      </Menu.Item>
    ),
  )
}
