import type { ReactNode } from 'react'

/** One way to begin. */
export function WelcomeCard({ title, text, children }: { title: string; text: string; children: ReactNode }) {
  return (
    <section className="rounded-lg border border-line p-4">
      <h3 className="font-semibold">{title}</h3>
      <p className="mb-3 text-ink-2">{text}</p>
      {children}
    </section>
  )
}
