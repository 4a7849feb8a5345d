'use client'
import dynamic from 'next/dynamic'

/** The pool of workers that colours code, loaded in the browser only. */
export const DiffWorkers = dynamic(() => import('./diff-workers').then((module) => module.DiffWorkers), { ssr: false })
