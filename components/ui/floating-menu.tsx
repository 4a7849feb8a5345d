'use client'
import { Menu } from '@base-ui/react/menu'
import type { MenuAction } from './menu-action'
import { MenuItems } from './menu-items'
import { MENU_POPUP, MENU_POSITIONER } from './menu-class'

/** A menu that hangs on whatever was clicked: one for a whole list, so that rows stay light. */
export function FloatingMenu({
  anchor,
  actions,
  onClose,
}: {
  anchor: HTMLElement | null
  actions: () => MenuAction[]
  onClose: () => void
}) {
  return (
    <Menu.Root open={anchor !== null} onOpenChange={(open) => !open && onClose()} modal={false}>
      <Menu.Portal>
        <Menu.Positioner anchor={anchor} align="end" sideOffset={4} className={MENU_POSITIONER}>
          <Menu.Popup finalFocus={() => anchor} className={MENU_POPUP}>
            {anchor && <MenuItems actions={actions} />}
          </Menu.Popup>
        </Menu.Positioner>
      </Menu.Portal>
    </Menu.Root>
  )
}
