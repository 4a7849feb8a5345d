'use client'
import { toast } from '@/components/ui/toast'

/** Puts text on the clipboard and says so. */
export async function copyText(text: string, what: string): Promise<void> {
  try {
    await navigator.clipboard.writeText(text)
    toast(`${what} copied`)
  } catch {
    toast.error(`The browser did not allow copying. ${what}: ${text}`)
  }
}
