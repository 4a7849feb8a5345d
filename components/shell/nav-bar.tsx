'use client'
import { Braces, FolderGit2, GitCommitVertical, History, Keyboard, ListChecks, Search, Settings } from 'lucide-react'
import Link from 'next/link'
import { usePathname } from 'next/navigation'
import { cx } from '@/components/ui/cx'
import { SystemStatus } from './system-status'

const PLACES = [
  { href: '/', label: 'Timeline', icon: History, inside: [] },
  { href: '/contracts', label: 'Contracts', icon: FolderGit2, inside: ['/tasks', '/checkpoints'] },
  { href: '/operations', label: 'Operations', icon: ListChecks, inside: [] },
  { href: '/search', label: 'Search', icon: Search, inside: [] },
]

/** Without room for a foot, a phone has the settings among the places. */
const PHONE_PLACES = [...PLACES, { href: '/settings', label: 'Settings', icon: Settings, inside: ['/docs'] }]

const FOOT = [
  { href: '/docs/api', label: 'REST API', icon: Braces },
  { href: '/settings', label: 'Settings', icon: Settings },
]

/** Where one can go: a slim column, on phones a bar at the bottom. */
export function NavBar({ onHelp }: { onHelp: () => void }) {
  const pathname = usePathname()
  return (
    <nav
      aria-label="Main"
      className="flex shrink-0 border-line bg-panel max-sm:h-14 max-sm:border-t sm:w-14 sm:flex-col sm:border-r lg:w-48"
    >
      <Link
        href="/"
        aria-label="Makima, home"
        className="flex h-12 items-center gap-2 px-4 font-semibold tracking-tight max-sm:hidden sm:max-lg:justify-center sm:max-lg:px-0"
      >
        <GitCommitVertical size={18} className="text-accent" aria-hidden />
        <span className="max-lg:hidden">Makima</span>
      </Link>
      <ul className="flex flex-1 max-sm:justify-around sm:flex-col sm:gap-0.5 sm:px-2">
        {PHONE_PLACES.map(({ href, label, icon: Icon, inside }) => {
          const active = href === '/' ? pathname === '/' : [href, ...inside].some((path) => pathname.startsWith(path))
          return (
            <li key={href} className={cx('max-sm:flex-1', href === '/settings' && 'sm:hidden')}>
              <Link
                href={href}
                aria-current={active ? 'page' : undefined}
                title={label}
                className={cx(
                  'flex items-center gap-2 rounded-md text-sm max-sm:h-full max-sm:flex-col max-sm:justify-center max-sm:gap-0.5 max-sm:text-2xs sm:h-8 sm:px-2 sm:max-lg:justify-center',
                  active ? 'bg-hover font-medium text-ink' : 'text-ink-2 hover:bg-hover hover:text-ink',
                )}
              >
                <Icon size={16} aria-hidden className={active ? 'text-accent' : 'text-ink-3'} />
                <span className="sm:max-lg:sr-only">{label}</span>
              </Link>
            </li>
          )
        })}
      </ul>
      <div className="flex flex-col gap-1 border-line p-2 max-sm:hidden sm:border-t">
        <button
          type="button"
          onClick={onHelp}
          title="Keyboard shortcuts (?)"
          className="flex h-7 items-center gap-2 rounded-md px-2 text-xs text-ink-2 hover:bg-hover hover:text-ink sm:max-lg:justify-center"
        >
          <Keyboard size={14} aria-hidden />
          <span className="sm:max-lg:sr-only">Shortcuts</span>
          <kbd className="ml-auto rounded-sm border border-line px-1 text-2xs text-ink-3 max-lg:hidden">?</kbd>
        </button>
        {FOOT.map(({ href, label, icon: Icon }) => (
          <Link
            key={href}
            href={href}
            title={label}
            className="flex h-7 items-center gap-2 rounded-md px-2 text-xs text-ink-2 hover:bg-hover hover:text-ink sm:max-lg:justify-center"
          >
            <Icon size={14} aria-hidden />
            <span className="sm:max-lg:sr-only">{label}</span>
          </Link>
        ))}
        <SystemStatus />
      </div>
    </nav>
  )
}
