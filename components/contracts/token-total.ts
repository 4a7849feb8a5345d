import type { TokensView } from '@/server/services/views'
import { formatCost, formatCount, formatShort } from '@/components/ui/format'

/** All tokens of a piece of work, read ones included. */
export function sumTokens(tokens: TokensView): number {
  return tokens.input + tokens.output + tokens.cacheRead + tokens.cacheWrite
}

/** The sum short, and its parts for the tooltip. */
export function tellTokens(tokens: TokensView): { short: string; parts: string } {
  const parts = [
    `${formatCount(tokens.input)} in`,
    `${formatCount(tokens.output)} out`,
    `${formatCount(tokens.cacheRead)} cache read`,
    `${formatCount(tokens.cacheWrite)} cache write`,
  ]
  return { short: formatShort(sumTokens(tokens)), parts: parts.join(', ') }
}

/** What work cost; a dash where tokens were used at a price nobody knows. */
export function tellCost(work: { costUsd: number; tokens: TokensView }): string {
  return work.costUsd === 0 && sumTokens(work.tokens) > 0 ? '–' : formatCost(work.costUsd)
}
