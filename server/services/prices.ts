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

/** What goes into the cache costs no more than other input. */
const openAiPrice = (input: number, output: number): Price => ({ ...price(input, output), cacheWrite: input })

/** The same by the whole name without its date: here the beginning of one name is often another, dearer model. */
const PRICES_BY_NAME: Record<string, Price | undefined> = {
  'gpt-5': openAiPrice(1.25, 10),
  'gpt-5-codex': openAiPrice(1.25, 10),
  'gpt-5-mini': openAiPrice(0.25, 2),
  'gpt-5-nano': openAiPrice(0.05, 0.4),
  'gpt-5.1': openAiPrice(1.25, 10),
  'gpt-5.1-codex': openAiPrice(1.25, 10),
  'gpt-5.1-codex-max': openAiPrice(1.25, 10),
  'gpt-5.1-codex-mini': openAiPrice(0.25, 2),
  'gpt-5.2': openAiPrice(1.75, 14),
  'gpt-5.2-codex': openAiPrice(1.75, 14),
  'gpt-5.3-codex': openAiPrice(1.75, 14),
  'gpt-5.4': openAiPrice(2.5, 15),
  'gpt-5.4-mini': openAiPrice(0.75, 4.5),
  'gpt-5.4-nano': openAiPrice(0.2, 1.25),
  'gpt-5.5': openAiPrice(5, 30),
}

/** Above so many tokens of a prompt some models cost more, for all of the request. */
const LONG_PROMPT = 200_000

const GEMINI_PRICES: [name: RegExp, price: Price, long?: Price][] = [
  [/^gemini-3(\.1)?-pro(?!-image)/, price(2, 12), price(4, 18)],
  [/^gemini-3\.1-flash-lite/, price(0.25, 1.5)],
  [/^gemini-3-flash/, price(0.5, 3)],
  [/^gemini-2\.5-pro/, price(1.25, 10), price(2.5, 15)],
  [/^gemini-2\.5-flash-lite/, price(0.1, 0.4)],
  [/^gemini-2\.5-flash(?!-image)/, price(0.3, 2.5)],
]

function findPrice(model: string, usage: Usage): Price | undefined {
  const gemini = GEMINI_PRICES.find(([name]) => name.test(model))
  if (gemini) return usage.input + usage.cacheRead > LONG_PROMPT ? (gemini[2] ?? gemini[1]) : gemini[1]
  return (
    PRICES.find(([prefix]) => model.startsWith(prefix))?.[1] ?? PRICES_BY_NAME[model.replace(/-\d{4}-\d{2}-\d{2}$/, '')]
  )
}

/** The cost in US dollars, or null for a model whose price is not known: no number is better than a wrong one. */
export function costOf(model: string | null, usage: Usage): number | null {
  const found = model ? findPrice(model, usage) : undefined
  if (!found) return null
  const sum =
    usage.input * found.input +
    usage.output * found.output +
    usage.cacheRead * found.cacheRead +
    usage.cacheWrite * found.cacheWrite
  return sum / 1_000_000
}
