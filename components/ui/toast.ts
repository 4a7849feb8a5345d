'use client'
import { toast as show } from 'sonner'
import { showSigns } from '@/text/signs'

type Options = Parameters<typeof show>[1]

function shown(options: Options): Options {
  const { description } = options ?? {}
  return typeof description === 'string' ? { ...options, description: showSigns(description) } : options
}

/** A short notice at the edge of the page. Characters that are not seen are shown by name. */
export const toast = Object.assign((text: string, options?: Options) => show(showSigns(text), shown(options)), {
  error: (text: string, options?: Options) => show.error(showSigns(text), shown(options)),
  success: (text: string, options?: Options) => show.success(showSigns(text), shown(options)),
})
