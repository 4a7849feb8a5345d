'use client'
import { Menu } from '@base-ui/react/menu'
import { Ellipsis } from 'lucide-react'
import { cx } from './cx'
import type { MenuAction } from './menu-action'
import { MENU_POPUP, MENU_POSITIONER } from './menu-class'
import { MenuItems } from './menu-items'

/** The "…" button of something and what can be done with it. */
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
        <Menu.Positioner align="end" sideOffset={4} className={MENU_POSITIONER}>
          <Menu.Popup className={MENU_POPUP}>
            <MenuItems actions={actions} />
          </Menu.Popup>
        </Menu.Positioner>
      </Menu.Portal>
    </Menu.Root>
  )
}
