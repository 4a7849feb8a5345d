'use client'
import { useSyncExternalStore } from 'react'

/**
 * Which message stands at the top of the conversation. Kept outside of React's state: it changes with every row that is
 * scrolled by, and only the rails need to be drawn again then.
 */
export class VisibleIndex {
  private index = 0
  private readonly listeners = new Set<() => void>()

  get = (): number => this.index

  set = (index: number): void => {
    if (index === this.index) return
    this.index = index
    for (const listener of this.listeners) listener()
  }

  subscribe = (listener: () => void): (() => void) => {
    this.listeners.add(listener)
    return () => this.listeners.delete(listener)
  }
}

/** A number worked out of the position, followed; drawn again only when that number changes. */
export function useVisible(visible: VisibleIndex, pick: (index: number) => number): number {
  const read = () => pick(visible.get())
  return useSyncExternalStore(visible.subscribe, read, read)
}
