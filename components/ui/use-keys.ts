'use client'
import { useEffect, useRef } from 'react'

/** Keys by name ("j", "[", "?", "g t"); a chord is two keys with a space between, pressed within a second. */
export type KeyMap = Record<string, (event: KeyboardEvent) => void>

/** True where keys are text, not commands. */
export function isTyping(target: EventTarget | null): boolean {
  if (!(target instanceof HTMLElement)) return false
  return target.isContentEditable || ['INPUT', 'TEXTAREA', 'SELECT'].includes(target.tagName)
}

// One listener for all components: with several, the first key of a chord would be taken for its second by the next.
const maps: { current: KeyMap }[] = []
let chordStart: { key: string; at: number } | null = null

function onKey(event: KeyboardEvent) {
  if (event.defaultPrevented || event.metaKey || event.ctrlKey || event.altKey || isTyping(event.target)) return
  if (document.querySelector('[role="dialog"], [role="menu"]')) return
  const chord = chordStart && Date.now() - chordStart.at < 1000 ? `${chordStart.key} ${event.key}` : null
  chordStart = null
  const run = (chord && find(chord)) || find(event.key)
  if (run) {
    event.preventDefault()
    run(event)
  } else if (event.key === 'g') {
    chordStart = { key: 'g', at: Date.now() }
  }
}

function find(key: string) {
  return maps.findLast((map) => map.current[key])?.current[key]
}

/** Listens for keys on the page while the component stands. Ignored while typing or when a dialog is open. */
export function useKeys(keys: KeyMap): void {
  const latest = useRef(keys)
  useEffect(() => {
    latest.current = keys
  })
  useEffect(() => {
    if (maps.length === 0) window.addEventListener('keydown', onKey)
    maps.push(latest)
    return () => {
      maps.splice(maps.indexOf(latest), 1)
      if (maps.length === 0) window.removeEventListener('keydown', onKey)
    }
  }, [])
}
