// What a model's tokens cost. Most agents write no cost into their transcripts, so it is computed here, in one place, from
// the makers' list prices as a library keeps them: no question is asked over the network.
import { calcPrice } from '@pydantic/genai-prices'
import { LRUCache } from 'lru-cache'
import type { Usage } from '@/server/transcripts/types'

/** The release of the library. With another one, what had no price before is looked at again. */
export const PRICES_RELEASE = '0.1.8'

type Kind = keyof Usage
type Rates = {
  /** US dollars for a token. */
  each: Record<Kind, number>
  /** Tokens of a prompt above which the maker asks more. */
  upTo: number
}

/** Finding a model takes the library as long as reading some messages of a transcript. */
const known = new LRUCache<string, Rates | 'unknown'>({ max: 1_000 })
const HOUR_MS = 3_600_000
/** Few enough for every maker's lowest price. */
const PROBE = 1_000

/**
 * The cost in US dollars of one request at that time (ms since 1970; null: now), or null for a model whose price is not
 * known: no number is better than a wrong one.
 */
export function costOf(model: string | null, usage: Usage, at: number | null): number | null {
  if (model === null) return null
  const time = new Date(at ?? Date.now())
  const rates = findRates(model, time)
  if (rates === 'unknown') return null
  if (usage.input + usage.cacheRead + usage.cacheWrite > rates.upTo) return ask(model, usage, time)?.total_price ?? null
  return (
    usage.input * rates.each.input +
    usage.output * rates.each.output +
    usage.cacheRead * rates.each.cacheRead +
    usage.cacheWrite * rates.each.cacheWrite
  )
}

/** Some prices change with a day, some with the hour of it. */
function findRates(model: string, time: Date): Rates | 'unknown' {
  const key = `${model} ${Math.floor(time.getTime() / HOUR_MS)}`
  const before = known.get(key)
  if (before !== undefined) return before
  const rates = readRates(model, time)
  known.set(key, rates)
  return rates
}

function readRates(model: string, time: Date): Rates | 'unknown' {
  const priceOf = (kind: Kind) => ask(model, { ...NOTHING, [kind]: PROBE }, time)
  const [input, output, cacheRead, cacheWrite] = [
    priceOf('input'),
    priceOf('output'),
    priceOf('cacheRead'),
    priceOf('cacheWrite'),
  ]
  if (!input || !output || !cacheRead || !cacheWrite) return 'unknown'
  const steps = Object.values(input.model_price).flatMap((price) =>
    typeof price === 'object' ? price.tiers.map(({ start }) => start) : [],
  )
  return {
    each: {
      input: input.total_price / PROBE,
      output: output.total_price / PROBE,
      cacheRead: cacheRead.total_price / PROBE,
      cacheWrite: cacheWrite.total_price / PROBE,
    },
    upTo: Math.min(...steps),
  }
}

const NOTHING: Usage = { input: 0, output: 0, cacheRead: 0, cacheWrite: 0 }

/** The library counts what is read from and written to the cache as a part of the input. */
function ask(model: string, { input, output, cacheRead, cacheWrite }: Usage, timestamp: Date) {
  const usage = {
    input_tokens: input + cacheRead + cacheWrite,
    cache_read_tokens: cacheRead,
    cache_write_tokens: cacheWrite,
    output_tokens: output,
  }
  return calcPrice(usage, model, { timestamp })
}
