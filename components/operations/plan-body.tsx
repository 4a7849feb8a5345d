import type { PlanView } from '@/server/services/views'
import { formatCost, formatNoun, formatShort } from '@/components/ui/format'
import { PlanChildren } from './plan-children'
import { PlanFiles } from './plan-files'
import { PlanSection } from './plan-section'

/** What an operation would do, path by path and word by word. */
export function PlanBody({ plan }: { plan: PlanView }) {
  return (
    <section aria-label="What will happen" className="flex flex-col gap-3">
      <p className="text-base font-medium">{plan.sentence}</p>
      <PlanFiles files={plan.files} totals={plan.fileTotals} cut={plan.filesCut} />
      {plan.messages && plan.messages.count > 0 && (
        <PlanSection title="Messages" count={plan.messages.count}>
          <p className="text-sm text-ink-2">
            {formatNoun(plan.messages.count, 'message')} after this point leave the conversation
            {plan.messages.tokens > 0 && `, ${formatShort(plan.messages.tokens)} tokens`}
            {plan.messages.costUsd > 0 && `, ${formatCost(plan.messages.costUsd)}`}. They stay on the recover shelf.
          </p>
        </PlanSection>
      )}
      {plan.commitsAfter.length > 0 && (
        <PlanSection title="Commits after this point" count={plan.commitsAfter.length}>
          <ul className="max-h-36 overflow-y-auto">
            {plan.commitsAfter.map((commit) => (
              <li key={commit.sha} className="flex gap-2 text-xs">
                <code className="text-ink-3">{commit.sha.slice(0, 8)}</code>
                <span className="truncate">{commit.subject}</span>
              </li>
            ))}
          </ul>
        </PlanSection>
      )}
      {plan.children.length > 0 && <PlanChildren tasks={plan.children} />}
      {plan.sideEffects.length > 0 && (
        <PlanSection title="Cannot be taken back" count={plan.sideEffects.length} tone="warn">
          <ul className="max-h-36 overflow-y-auto">
            {plan.sideEffects.map((effect) => (
              <li key={`${effect.messageId}${effect.what}`} className="font-mono text-xs break-all">
                {effect.what}
              </li>
            ))}
          </ul>
        </PlanSection>
      )}
      {plan.notCovered.length > 0 && (
        <PlanSection title="Not covered by the checkpoint" count={plan.notCovered.length} tone="warn">
          <ul className="max-h-36 overflow-y-auto">
            {plan.notCovered.map((file) => (
              <li key={file.path} className="text-xs">
                <code className="break-all">{file.path}</code> <span className="text-ink-2">{file.reason}</span>
              </li>
            ))}
          </ul>
        </PlanSection>
      )}
      {plan.preserved && (
        <PlanSection title="Kept aside">
          <p className="text-sm text-ink-2">
            What is there now is kept{' '}
            {plan.preserved.stateType === 'shelf' ? 'on the recover shelf' : `as a ${plan.preserved.stateType}: `}
            {plan.preserved.stateType !== 'shelf' && (
              <code className="text-xs break-all">{plan.preserved.reference}</code>
            )}
          </p>
        </PlanSection>
      )}
    </section>
  )
}
