'use client'
import { useRouter } from 'next/navigation'
import { useKeys } from '@/components/ui/use-keys'

/** The keys that work on every page. */
export function useGlobalKeys(onHelp: () => void): void {
  const router = useRouter()
  useKeys({
    '?': onHelp,
    'g t': () => router.push('/'),
    'g c': () => router.push('/contracts'),
    'g o': () => router.push('/operations'),
    'g s': () => router.push('/search'),
  })
}
