// A hand-over in words: the text that tells an agent what was said so far, for a person to read and to change.
import { writeBrief } from '@/server/agents/brief'
import type { Context } from '@/server/context'
import { getTaskWithPlace } from '@/server/services/operation-subjects'
import { countWrittenTokens } from './hand-over'
import { findResumePoint } from './resume-point'
import type { ResumeTaskInput } from './run-inputs'
import type { BriefView } from './run-views'
import { readTalk } from './talk'

/** @throws AppError `not_found`, `invalid` as the resume itself would be. */
export async function previewBrief(ctx: Context, asked: ResumeTaskInput): Promise<BriefView> {
  const { task } = await getTaskWithPlace(ctx, asked.taskId)
  const { head } = await findResumePoint(ctx, task, asked)
  if (head.segmentId === null) return { text: '', tokens: 0, notCarried: [] }
  const { text, notCarried } = await writeBrief(await readTalk(ctx, task, head))
  return { text, tokens: countWrittenTokens(text.length), notCarried }
}
