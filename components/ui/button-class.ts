import { cx } from './cx'

export type ButtonLook = { variant?: 'primary' | 'secondary' | 'ghost' | 'danger'; size?: 'sm' | 'md' }

const VARIANTS = {
  primary: 'bg-accent-solid text-on-accent hover:bg-accent-solid-hover border-transparent',
  secondary: 'bg-raised text-ink border-line hover:bg-hover',
  ghost: 'text-ink-2 border-transparent hover:bg-hover hover:text-ink',
  danger: 'bg-danger-solid text-on-accent border-transparent hover:bg-danger-solid-hover',
}
const SIZES = { sm: 'h-7 px-2 text-xs gap-1', md: 'h-8 px-3 text-sm gap-1.5' }

/** How a button looks; also for links that act as one. */
export function buttonClass({ variant = 'secondary', size = 'sm' }: ButtonLook = {}, extra?: string): string {
  return cx(
    'tap inline-flex shrink-0 items-center justify-center whitespace-nowrap rounded-md border font-medium select-none',
    'disabled:opacity-55 aria-disabled:opacity-55',
    VARIANTS[variant],
    SIZES[size],
    extra,
  )
}
