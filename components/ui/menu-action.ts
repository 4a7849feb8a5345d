import type { LucideIcon } from 'lucide-react'

/** One entry of a menu; with a reason it is shown but cannot be chosen. */
export type MenuAction =
  | { label: string; icon?: LucideIcon; onSelect: () => void; disabledReason?: string | null; danger?: boolean }
  | 'separator'
