'use client'
import { useSyncExternalStore } from 'react'

// One clock for the whole page, so that a hundred relative times cost one timer.
let now = Date.now()
const listeners = new Set<() => void>()
let timer: ReturnType<typeof setInterval> | undefined

function subscribe(listener: () => void) {
  listeners.add(listener)
  timer ??= setInterval(() => {
    now = Date.now()
    for (const each of listeners) each()
  }, 20_000)
  return () => {
    listeners.delete(listener)
    if (listeners.size === 0) {
      clearInterval(timer)
      timer = undefined
    }
  }
}

function read() {
  if (listeners.size === 0) now = Date.now()
  return now
}

/** The time of the page's clock in milliseconds, renewed every 20 seconds. */
export function useNow(): number {
  return useSyncExternalStore(subscribe, read, read)
}
