import { localDay } from './timeline-rows'

/** The day that the rows under it belong to. */
export function DayHeading({ at }: { at: Date }) {
  const today = new Date()
  const yesterday = new Date(today.getTime() - 86_400_000)
  const day = localDay(at)
  const name =
    day === localDay(today)
      ? 'Today'
      : day === localDay(yesterday)
        ? 'Yesterday'
        : at.toLocaleDateString('en-GB', {
            weekday: 'long',
            day: 'numeric',
            month: 'long',
            ...(at.getFullYear() === today.getFullYear() ? {} : { year: 'numeric' }),
          })
  return (
    <div className="flex h-[30px] items-center border-b border-line bg-canvas px-4 text-xs font-semibold text-ink">
      {name}
    </div>
  )
}
