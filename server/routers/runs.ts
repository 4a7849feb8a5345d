import { liveNotes } from '@/server/live-notes'
import { whileAllowed } from '@/server/services/entry-watch'
import { byId } from '@/server/services/inputs'
import { answerPermission, requestStop } from '@/server/services/runs/answer-run'
import { previewResume } from '@/server/services/runs/hand-over'
import { previewBrief } from '@/server/services/runs/hand-over-words'
import { followLive, liveInput } from '@/server/services/runs/live-feed'
import { requestContractResume, requestResume } from '@/server/services/runs/request-run'
import { requestResumeFrom, resumeFromInput } from '@/server/services/runs/resume-from'
import { answerInput, resumeContractInput, resumeTaskInput, runListInput } from '@/server/services/runs/run-inputs'
import { getRun, listRuns, waitForRun } from '@/server/services/runs/run-log'
import { procedure, router } from '@/server/trpc'

export const runsRouter = router({
  list: procedure.input(runListInput).query(({ ctx, input }) => listRuns(ctx, input)),
  get: procedure.input(byId).query(({ ctx, input }) => getRun(ctx, input)),
  preview: procedure.input(resumeTaskInput).query(({ ctx, input }) => previewResume(ctx, input)),
  brief: procedure.input(resumeTaskInput).query(({ ctx, input }) => previewBrief(ctx, input)),
  resume: procedure
    .input(resumeTaskInput)
    .mutation(async ({ ctx, input }) => waitForRun(ctx, (await requestResume(ctx, input)).id)),
  resumeContract: procedure.input(resumeContractInput).mutation(({ ctx, input }) => requestContractResume(ctx, input)),
  resumeFrom: procedure.input(resumeFromInput).mutation(({ ctx, input }) => requestResumeFrom(ctx, input)),
  stop: procedure.input(byId).mutation(({ ctx, input }) => requestStop(ctx, input)),
  answer: procedure.input(answerInput).mutation(({ ctx, input }) => answerPermission(ctx, input)),
  onLive: procedure.input(liveInput).subscription(({ ctx, input, signal }) =>
    whileAllowed(ctx, signal, async function* (ended) {
      yield* followLive(ctx, input, await liveNotes(input.taskId, ended))
    }),
  ),
})
