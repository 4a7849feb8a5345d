import Link from 'next/link'
import { Fragment, type ReactNode } from 'react'

export type Crumb = { href: string; label: string }

/** The line at the top of a page: where one is, what it is called, what can be done. */
export function PageHeader({
  crumbs = [],
  title,
  actions,
  children,
}: {
  crumbs?: Crumb[]
  title: ReactNode
  actions?: ReactNode
  children?: ReactNode
}) {
  return (
    <header className="shrink-0 border-b border-line px-4">
      <div className="flex min-h-12 flex-wrap items-center gap-x-3 gap-y-1 py-1.5">
        {crumbs.length > 0 && (
          <nav
            aria-label="Path"
            className="flex min-w-0 max-w-[40%] items-center gap-1.5 text-sm text-ink-3 max-sm:max-w-full"
          >
            {crumbs.map((crumb) => (
              <Fragment key={crumb.href}>
                <Link href={crumb.href} className="truncate hover:text-ink hover:underline">
                  {crumb.label}
                </Link>
                <span aria-hidden>/</span>
              </Fragment>
            ))}
          </nav>
        )}
        <h1 className="min-w-0 flex-1 truncate text-base font-semibold max-sm:min-w-[60%]">{title}</h1>
        {actions && <div className="flex flex-wrap items-center gap-1.5">{actions}</div>}
      </div>
      {children}
    </header>
  )
}
