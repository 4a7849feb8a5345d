/** Small bars of counts, oldest first; decoration for people who see, a sentence for others. */
export function SparkLine({ values, label }: { values: number[]; label: string }) {
  const max = Math.max(1, ...values)
  // Always room for thirty bars; fewer stand at the right, where the present is.
  const step = 80 / Math.max(values.length, 30)
  const left = 80 - values.length * step
  return (
    <svg role="img" aria-label={label} width={80} height={18} viewBox="0 0 80 18" className="block text-ink-3">
      {values.map((value, index) => {
        const height = value === 0 ? 1 : Math.max(2, (value / max) * 18)
        return (
          <rect
            key={index}
            x={left + index * step}
            y={18 - height}
            width={Math.max(1, step - 0.7)}
            height={height}
            fill="currentColor"
            opacity={value === 0 ? 0.35 : 1}
          />
        )
      })}
    </svg>
  )
}
