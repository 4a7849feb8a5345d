import type { Metadata, Viewport } from 'next'
import { NuqsAdapter } from 'nuqs/adapters/next/app'
import type { ReactNode } from 'react'
import './globals.css'
import { Shell } from '@/components/shell/shell'
import { Providers } from '@/components/trpc-provider'

export const dynamic = 'force-dynamic'

export const metadata: Metadata = {
  title: { default: 'Makima', template: '%s · Makima' },
  description: 'The whole history of your coding agents’ work, and the way back to any moment of it.',
  robots: { index: false, follow: false },
}

export const viewport: Viewport = {
  width: 'device-width',
  initialScale: 1,
  themeColor: [
    { media: '(prefers-color-scheme: light)', color: '#ffffff' },
    { media: '(prefers-color-scheme: dark)', color: '#131417' },
  ],
}

export default function RootLayout({ children }: { children: ReactNode }) {
  return (
    <html lang="en">
      <body>
        <NuqsAdapter>
          <Providers>
            <Shell>{children}</Shell>
          </Providers>
        </NuqsAdapter>
      </body>
    </html>
  )
}
