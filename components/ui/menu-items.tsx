'use client'
import { Menu } from '@base-ui/react/menu'
import type { MenuAction } from './menu-action'
import { cx } from './cx'

/** The entries of a menu. */
export function MenuItems({ actions }: { actions: () => MenuAction[] }) {
  return actions().map((action, index) =>
    action === 'separator' ? (
      <Menu.Separator key={`line-${index}`} className="mx-1 my-1 h-px bg-line" />
    ) : (
      <Menu.Item
        key={action.label}
        disabled={Boolean(action.disabledReason)}
        onClick={action.onSelect}
        className={cx(
          'flex cursor-default flex-col rounded-md px-2 py-1 text-sm outline-none select-none data-disabled:text-ink-3 data-highlighted:bg-hover max-sm:py-2.5',
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
