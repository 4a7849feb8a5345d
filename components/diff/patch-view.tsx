'use client'
import { getSingularPatch } from '@pierre/diffs'
import { FileDiff } from '@pierre/diffs/react'
import { useMemo } from 'react'
import { showSigns } from '@/text/signs'
import { DIFF_THEME } from './diff-theme'

/** A patch of one file with syntax colours and marks on the words that changed. */
export function PatchView({ patch, view, id }: { patch: string; view: 'unified' | 'split'; id: string }) {
  const fileDiff = useMemo(() => {
    const parsed = getSingularPatch(showSigns(patch, { code: true }))
    parsed.cacheKey = `${id} ${patch.length}`
    return parsed
  }, [patch, id])
  return (
    <FileDiff
      fileDiff={fileDiff}
      options={{
        theme: DIFF_THEME,
        themeType: 'system',
        diffStyle: view,
        preferredHighlighter: 'highlights',
        disableFileHeader: true,
        overflow: 'scroll',
        lineDiffType: 'word-alt',
        hunkSeparators: 'line-info-basic',
      }}
      style={STYLE}
    />
  )
}

const STYLE = {
  '--diffs-font-family': 'var(--font-mono)',
  '--diffs-font-size': '12px',
  '--diffs-line-height': '18px',
  fontVariantLigatures: 'none',
} as React.CSSProperties
