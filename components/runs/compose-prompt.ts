// What an agent is told when it goes on: the person's text, and what they chose to carry over from the path that is left.
import type { HandOverView } from '@/server/services/runs/run-views'

type Carried = { withTried: boolean; chosen: ReadonlySet<string> }

export function composePrompt(
  text: string,
  { tried, corrections }: Pick<HandOverView, 'tried' | 'corrections'>,
  { withTried, chosen }: Carried,
): string {
  const kept = corrections.filter(({ messageId }) => chosen.has(messageId)).map((correction) => correction.text)
  return [
    text.trim(),
    ...(kept.length > 0 ? [`What I said before and still stands:\n${kept.map((each) => `- ${each}`).join('\n')}`] : []),
    ...(withTried && tried ? [tried] : []),
  ]
    .filter(Boolean)
    .join('\n\n')
}
