// The limits of a contract as they stand in a form: texts, of which an empty one is no limit.
import type { ContractDetail } from '@/server/services/views'

export type Limits = ContractDetail['limits']
export type LimitTexts = { [K in keyof Limits]: string }

export const NO_LIMITS: LimitTexts = { maxParallel: '', maxTurns: '', maxCostUsd: '' }

export function toTexts(limits: Limits): LimitTexts {
  const text = (value: number | null) => (value === null ? '' : String(value))
  return {
    maxParallel: text(limits.maxParallel),
    maxTurns: text(limits.maxTurns),
    maxCostUsd: text(limits.maxCostUsd),
  }
}

/** What is no number is given on as such, for the server to say what is wrong with it. */
export function toLimits(texts: LimitTexts): Limits {
  const value = (text: string) => (text.trim() === '' ? null : Number(text.replace(',', '.')))
  return {
    maxParallel: value(texts.maxParallel),
    maxTurns: value(texts.maxTurns),
    maxCostUsd: value(texts.maxCostUsd),
  }
}
