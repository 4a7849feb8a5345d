/** Said where the transcript holds no answer of a tool. */
export function NoResult() {
  return <p className="text-xs text-ink-3">No result was recorded: the transcript ends or was cut here.</p>
}
