'use client'
import { CodeView } from '@pierre/diffs/react'
import { useMemo } from 'react'
import { showSigns } from '@/text/signs'
import { DIFF_THEME } from './diff-theme'

/** A file as it was, windowed and coloured. */
export function FileText({ id, path, text }: { id: string; path: string; text: string }) {
  const items = useMemo(() => {
    const contents = showSigns(text, { code: true })
    return [{ id, type: 'file' as const, file: { name: path, contents, cacheKey: `${id} ${text.length}` } }]
  }, [id, path, text])
  return (
    <CodeView
      key={id}
      initialItems={items}
      className="min-h-0 flex-1 overflow-auto"
      options={{ theme: DIFF_THEME, themeType: 'system', preferredHighlighter: 'highlights', disableFileHeader: true }}
    />
  )
}
