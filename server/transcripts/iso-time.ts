// Reads the timestamps of records; several times cheaper than Date.parse for the one shape that agents write.

const LAST_YEAR = Date.UTC(9999, 11, 31)

let lastDay = -1
let lastDayTime = 0

/** Milliseconds since 1970 of an ISO timestamp; null when it is none or lies outside 1970 to 9999. */
export function parseTime(value: unknown): number | null {
  if (typeof value !== 'string') return null
  if (value.length === 24 && value[10] === 'T' && value[19] === '.' && value[23] === 'Z') {
    const year = digits(value, 0, 4)
    const month = digits(value, 5, 7)
    const date = digits(value, 8, 10)
    const hour = digits(value, 11, 13)
    const minute = digits(value, 14, 16)
    const second = digits(value, 17, 19)
    const milli = digits(value, 20, 23)
    const inRange = year >= 1970 && month > 0 && month < 13 && date > 0 && date < 29 && hour < 24 && minute < 60
    if (inRange && hour >= 0 && minute >= 0 && second >= 0 && second < 60 && milli >= 0) {
      const day = (year * 100 + month) * 100 + date
      if (day !== lastDay) {
        lastDay = day
        lastDayTime = Date.UTC(year, month - 1, date)
      }
      return lastDayTime + ((hour * 60 + minute) * 60 + second) * 1000 + milli
    }
  }
  const time = value.length > 40 ? Number.NaN : Date.parse(value)
  return time >= 0 && time <= LAST_YEAR ? time : null
}

function digits(text: string, start: number, end: number): number {
  let number = 0
  for (let index = start; index < end; index++) {
    const digit = text.charCodeAt(index) - 48
    if (digit < 0 || digit > 9) return -1
    number = number * 10 + digit
  }
  return number
}
