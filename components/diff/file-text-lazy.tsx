'use client'
import dynamic from 'next/dynamic'

/** The text of a file with its colours, loaded in the browser only. */
export const FileText = dynamic(() => import('./file-text').then((module) => module.FileText), { ssr: false })
