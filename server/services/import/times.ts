// Moments of a transcript, in milliseconds; null where a record has none.

export const toDate = (at: number | null) => (at === null ? null : new Date(at))
const present = (values: (number | null)[]) => values.filter((value): value is number => value !== null)
export const smallest = (values: (number | null)[]) =>
  present(values).reduce<number | null>((low, value) => (low === null || value < low ? value : low), null)
export const largest = (values: (number | null)[]) =>
  present(values).reduce<number | null>((high, value) => (high === null || value > high ? value : high), null)
