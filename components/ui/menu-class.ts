// How every menu looks; on a phone it is a sheet from below.
export const MENU_POSITIONER =
  'z-50 max-sm:!fixed max-sm:!inset-x-0 max-sm:!top-auto max-sm:!bottom-0 max-sm:!transform-none'
export const MENU_POPUP =
  'min-w-52 rounded-lg border border-line bg-raised p-1 shadow-lift outline-none max-sm:w-screen max-sm:rounded-b-none max-sm:pb-4'
