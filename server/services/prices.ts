// What a model's tokens cost. Agents write no cost into their transcripts, so it is computed here, in one place.
import type { Usage } from '@/server/transcripts/types'

type Price = { input: number; output: number; cacheRead: number; cacheWrite: number }

const price = (input: number, output: number): Price => ({
  input,
  output,
  cacheRead: input * 0.1,
  cacheWrite: input * 1.25,
})

/** US dollars for a million tokens, by the beginning of the model's name; the vendor's public list prices. */
const PRICES: [prefix: string, price: Price][] = [
  ['claude-opus-4-5', price(5, 25)],
  ['claude-opus-4-6', price(5, 25)],
  ['claude-opus-4-1', price(15, 75)],
  ['claude-opus-4-2', price(15, 75)],
  ['claude-sonnet-4', price(3, 15)],
  ['claude-3-7-sonnet', price(3, 15)],
  ['claude-3-5-sonnet', price(3, 15)],
  ['claude-haiku-4-5', price(1, 5)],
  ['claude-3-5-haiku', price(0.8, 4)],
]

/** The cost in US dollars, or null for a model whose price is not known: no number is better than a wrong one. */
export function costOf(model: string | null, usage: Usage): number | null {
  const found = model ? PRICES.find(([prefix]) => model.startsWith(prefix))?.[1] : undefined
  if (!found) return null
  const sum =
    usage.input * found.input +
    usage.output * found.output +
    usage.cacheRead * found.cacheRead +
    usage.cacheWrite * found.cacheWrite
  return sum / 1_000_000
}
