'use client'
import { createContext, type ReactNode, useContext, useState } from 'react'

const RowMemoryContext = createContext(new Map<string, unknown>())

/** Remembers what rows of a windowed list were set to, as they leave the page when scrolled away. */
export function RowMemory({ children }: { children: ReactNode }) {
  const [memory] = useState(() => new Map<string, unknown>())
  return <RowMemoryContext.Provider value={memory}>{children}</RowMemoryContext.Provider>
}

/** State of a row that outlives the row's being drawn. `key` must be unique in the list. */
export function useRowState<T>(key: string, initial: T): [T, (next: T) => void] {
  const memory = useContext(RowMemoryContext)
  const [value, setValue] = useState<T>(() => (memory.has(key) ? (memory.get(key) as T) : initial))
  return [
    value,
    (next) => {
      memory.set(key, next)
      setValue(next)
    },
  ]
}
