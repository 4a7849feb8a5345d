'use client'
import { useEffect, useRef } from 'react'

/** Keys by name ("j", "[", "?", "g t"); a chord is two keys with a space between, pressed within a second. */
export type KeyMap = Record<string, (event: KeyboardEvent) => void>

/** True where keys are text, not commands. */
export function isTyping(target: EventTarget | null): boolean {
  if (!(target instanceof HTMLElement)) return false
  return target.isContentEditable || ['INPUT', 'TEXTAREA', 'SELECT'].includes(target.tagName)
}

let chordStart: { key: string; at: number } | null = null

/** Listens for single keys on the page while the component stands. Ignored while typing or when a dialog is open. */
export function useKeys(keys: KeyMap): void {
  const latest = useRef(keys)
  useEffect(() => {
    latest.current = keys
  })
  useEffect(() => {
    const onKey = (event: KeyboardEvent) => {
      if (event.defaultPrevented || event.metaKey || event.ctrlKey || event.altKey || isTyping(event.target)) return
      if (document.querySelector('[role="dialog"], [role="menu"]')) return
      const chord = chordStart && Date.now() - chordStart.at < 1000 ? `${chordStart.key} ${event.key}` : null
      const run = (chord ? latest.current[chord] : undefined) ?? latest.current[event.key]
      if (run) {
        event.preventDefault()
        chordStart = null
        run(event)
      } else if (event.key === 'g') {
        chordStart = { key: 'g', at: Date.now() }
      }
    }
    window.addEventListener('keydown', onKey)
    return () => window.removeEventListener('keydown', onKey)
  }, [])
}
