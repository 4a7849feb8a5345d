'use client'
import { useSyncExternalStore } from 'react'

const never = () => () => {}

/** False on the server and in the first render, true after: for what depends on the reader's clock, zone or screen. */
export function useHydrated(): boolean {
  return useSyncExternalStore(
    never,
    () => true,
    () => false,
  )
}
