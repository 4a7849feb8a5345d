import { advancePhase, changeLimits, contractChangeInput, phaseChangeInput } from '@/server/services/contract-changes'
import { addTask, contractCreateInput, createContract, taskAddInput } from '@/server/services/contract-creation'
import {
  contractListInput,
  getContract,
  listContracts,
  renameContract,
  renameInput,
  starContract,
  starInput,
} from '@/server/services/contracts'
import { byId } from '@/server/services/inputs'
import { createSample } from '@/server/services/sample'
import { procedure, router } from '@/server/trpc'

export const contractsRouter = router({
  list: procedure.input(contractListInput).query(({ ctx, input }) => listContracts(ctx, input)),
  get: procedure.input(byId).query(({ ctx, input }) => getContract(ctx, input)),
  rename: procedure.input(renameInput).mutation(({ ctx, input }) => renameContract(ctx, input)),
  star: procedure.input(starInput).mutation(({ ctx, input }) => starContract(ctx, input)),
  create: procedure.input(contractCreateInput).mutation(({ ctx, input }) => createContract(ctx, input)),
  addTask: procedure.input(taskAddInput).mutation(({ ctx, input }) => addTask(ctx, input)),
  changeLimits: procedure.input(contractChangeInput).mutation(({ ctx, input }) => changeLimits(ctx, input)),
  advancePhase: procedure.input(phaseChangeInput).mutation(({ ctx, input }) => advancePhase(ctx, input)),
  createSample: procedure.mutation(({ ctx }) => createSample(ctx)),
})
