/** Small bars of counts, oldest first; decoration for people who see, a sentence for others. */
export function SparkLine({ values, label }: { values: number[]; label: string }) {
  const max = Math.max(1, ...values)
  const step = 80 / Math.max(values.length, 1)
  return (
    <svg role="img" aria-label={label} width={80} height={18} viewBox="0 0 80 18" className="block text-ink-3">
      {values.map((value, index) => {
        const height = value === 0 ? 1 : Math.max(2, (value / max) * 18)
        return (
          <rect
            key={index}
            x={index * step}
            y={18 - height}
            width={Math.max(1, step - 1)}
            height={height}
            fill="currentColor"
            opacity={value === 0 ? 0.35 : 1}
          />
        )
      })}
    </svg>
  )
}
