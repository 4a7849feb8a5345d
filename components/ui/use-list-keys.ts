'use client'
import { type RefObject, useRef } from 'react'
import { useKeys } from './use-keys'

/**
 * j, k and o over a windowed list: moves the focus from row to row, also to rows that are not drawn yet.
 * Each drawn row carries `data-row={index}` and holds one link or button to focus.
 */
export function useListKeys({
  root,
  count,
  isRow = () => true,
  scrollTo,
  firstVisible,
}: {
  root: RefObject<HTMLElement | null>
  count: number
  isRow?: (index: number) => boolean
  scrollTo: (index: number) => void
  firstVisible: () => number
}): void {
  const last = useRef<number | null>(null)
  const current = () => {
    const row = document.activeElement?.closest('[data-row]')
    return row && root.current?.contains(row) ? Number(row.getAttribute('data-row')) : null
  }
  const focus = (index: number, tries = 8) => {
    const row = root.current?.querySelector(`[data-row="${index}"]`)
    const target = row?.querySelector<HTMLElement>('[data-open], a[href], button')
    if (target) target.focus({ preventScroll: true })
    else if (tries > 0) requestAnimationFrame(() => focus(index, tries - 1))
  }
  const step = (by: 1 | -1) => {
    const from = current() ?? last.current
    let index = from === null ? firstVisible() : from + by
    while (index >= 0 && index < count && !isRow(index)) index += by
    if (index < 0 || index >= count) return
    last.current = index
    scrollTo(index)
    focus(index)
  }
  useKeys({
    j: () => step(1),
    k: () => step(-1),
    o: () => {
      const index = current() ?? last.current
      if (index === null) return
      root.current
        ?.querySelector<HTMLElement>(`[data-row="${index}"] [data-open], [data-row="${index}"] a[href]`)
        ?.click()
    },
  })
}
