// Every address of the API and the file that serves it: what the description is made of, and what its tests walk.
import * as browserSessions from './browser-sessions/route'
import * as browserSessionsLinks from './browser-sessions/links/route'
import * as browserSessionsOne from './browser-sessions/[id]/route'
import * as captures from './captures/route'
import * as capturesWatch from './captures/watch/route'
import * as checkpointsOne from './checkpoints/[id]/route'
import * as checkpointsOneDiff from './checkpoints/[id]/diff/route'
import * as contracts from './contracts/route'
import * as contractsOne from './contracts/[id]/route'
import * as contractsOneExport from './contracts/[id]/export/route'
import * as contractsOneHistory from './contracts/[id]/history/route'
import * as contractsOnePhase from './contracts/[id]/phase/route'
import * as contractsOneSupervisorConversation from './contracts/[id]/supervisor/conversation/route'
import * as contractsOneSupervisorConversationRewind from './contracts/[id]/supervisor/conversation/rewind/route'
import * as contractsOneSupervisorResume from './contracts/[id]/supervisor/resume/route'
import * as contractsOneSupervisorSpawn from './contracts/[id]/supervisor/spawn/route'
import * as contractsOneTasks from './contracts/[id]/tasks/route'
import * as events from './events/route'
import * as forget from './forget/route'
import * as forgetOne from './forget/[id]/route'
import * as forgetOneAllow from './forget/[id]/allow/route'
import * as forgetPreview from './forget/preview/route'
import * as healthz from './healthz/route'
import * as imports from './imports/route'
import * as importsFile from './imports/file/route'
import * as importsOne from './imports/[id]/route'
import * as keys from './keys/route'
import * as keysOne from './keys/[id]/route'
import * as meshTasksOne from './mesh/tasks/[id]/route'
import * as meshTasksOneCheckpoints from './mesh/tasks/[id]/checkpoints/route'
import * as meshTasksOneCheckpointsWhichBranch from './mesh/tasks/[id]/checkpoints/[cid]/branch/route'
import * as meshTasksOneCheckpointsWhichResume from './mesh/tasks/[id]/checkpoints/[cid]/resume/route'
import * as meshTasksOneConversation from './mesh/tasks/[id]/conversation/route'
import * as meshTasksOneConversationRewind from './mesh/tasks/[id]/conversation/rewind/route'
import * as meshTasksOneConversationRewindPreview from './mesh/tasks/[id]/conversation/rewind/preview/route'
import * as meshTasksOneExport from './mesh/tasks/[id]/export/route'
import * as meshTasksOneFork from './mesh/tasks/[id]/fork/route'
import * as meshTasksOneForkPreview from './mesh/tasks/[id]/fork/preview/route'
import * as meshTasksOneHistory from './mesh/tasks/[id]/history/route'
import * as meshTasksOneResume from './mesh/tasks/[id]/resume/route'
import * as meshTasksOneResumeBrief from './mesh/tasks/[id]/resume/brief/route'
import * as meshTasksOneResumePreview from './mesh/tasks/[id]/resume/preview/route'
import * as meshTasksOneRewind from './mesh/tasks/[id]/rewind/route'
import * as meshTasksOneRewindPreview from './mesh/tasks/[id]/rewind/preview/route'
import * as operations from './operations/route'
import * as operationsOne from './operations/[id]/route'
import * as operationsOneUndo from './operations/[id]/undo/route'
import * as operationsOneUndoPreview from './operations/[id]/undo/preview/route'
import * as readyz from './readyz/route'
import * as recover from './recover/route'
import * as recoverOne from './recover/[id]/route'
import * as recoverOneRestore from './recover/[id]/restore/route'
import * as recoverOneRestorePreview from './recover/[id]/restore/preview/route'
import * as retention from './retention/route'
import * as retentionPreview from './retention/preview/route'
import * as runs from './runs/route'
import * as runsOne from './runs/[id]/route'
import * as runsOneAnswer from './runs/[id]/answer/route'
import * as runsOneStop from './runs/[id]/stop/route'
import * as search from './search/route'
import * as sources from './sources/route'
import * as shares from './shares/route'
import * as sharesOne from './shares/[id]/route'
import * as sharesOneConversation from './shares/[id]/conversation/route'
import * as sharesPreview from './shares/preview/route'
import * as sourcesOneRaw from './sources/[id]/raw/route'
import * as timeline from './timeline/route'
import type { Method } from './route-handler'

/** By address, parts in brackets as in the names of the files. */
export const ROUTES: Record<string, Partial<Record<Method, unknown>>> = {
  'browser-sessions': browserSessions,
  'browser-sessions/links': browserSessionsLinks,
  'browser-sessions/[id]': browserSessionsOne,
  captures: captures,
  'captures/watch': capturesWatch,
  'checkpoints/[id]': checkpointsOne,
  'checkpoints/[id]/diff': checkpointsOneDiff,
  contracts: contracts,
  'contracts/[id]': contractsOne,
  'contracts/[id]/export': contractsOneExport,
  'contracts/[id]/history': contractsOneHistory,
  'contracts/[id]/phase': contractsOnePhase,
  'contracts/[id]/supervisor/conversation': contractsOneSupervisorConversation,
  'contracts/[id]/supervisor/conversation/rewind': contractsOneSupervisorConversationRewind,
  'contracts/[id]/supervisor/resume': contractsOneSupervisorResume,
  'contracts/[id]/supervisor/spawn': contractsOneSupervisorSpawn,
  'contracts/[id]/tasks': contractsOneTasks,
  events: events,
  forget: forget,
  'forget/[id]': forgetOne,
  'forget/[id]/allow': forgetOneAllow,
  'forget/preview': forgetPreview,
  healthz: healthz,
  imports: imports,
  'imports/file': importsFile,
  'imports/[id]': importsOne,
  keys: keys,
  'keys/[id]': keysOne,
  'mesh/tasks/[id]': meshTasksOne,
  'mesh/tasks/[id]/checkpoints': meshTasksOneCheckpoints,
  'mesh/tasks/[id]/checkpoints/[cid]/branch': meshTasksOneCheckpointsWhichBranch,
  'mesh/tasks/[id]/checkpoints/[cid]/resume': meshTasksOneCheckpointsWhichResume,
  'mesh/tasks/[id]/conversation': meshTasksOneConversation,
  'mesh/tasks/[id]/conversation/rewind': meshTasksOneConversationRewind,
  'mesh/tasks/[id]/conversation/rewind/preview': meshTasksOneConversationRewindPreview,
  'mesh/tasks/[id]/export': meshTasksOneExport,
  'mesh/tasks/[id]/fork': meshTasksOneFork,
  'mesh/tasks/[id]/fork/preview': meshTasksOneForkPreview,
  'mesh/tasks/[id]/history': meshTasksOneHistory,
  'mesh/tasks/[id]/resume': meshTasksOneResume,
  'mesh/tasks/[id]/resume/brief': meshTasksOneResumeBrief,
  'mesh/tasks/[id]/resume/preview': meshTasksOneResumePreview,
  'mesh/tasks/[id]/rewind': meshTasksOneRewind,
  'mesh/tasks/[id]/rewind/preview': meshTasksOneRewindPreview,
  operations: operations,
  'operations/[id]': operationsOne,
  'operations/[id]/undo': operationsOneUndo,
  'operations/[id]/undo/preview': operationsOneUndoPreview,
  readyz: readyz,
  recover: recover,
  'recover/[id]': recoverOne,
  'recover/[id]/restore': recoverOneRestore,
  'recover/[id]/restore/preview': recoverOneRestorePreview,
  retention: retention,
  'retention/preview': retentionPreview,
  runs: runs,
  'runs/[id]': runsOne,
  'runs/[id]/answer': runsOneAnswer,
  'runs/[id]/stop': runsOneStop,
  search: search,
  sources: sources,
  shares: shares,
  'shares/[id]': sharesOne,
  'shares/[id]/conversation': sharesOneConversation,
  'shares/preview': sharesPreview,
  'sources/[id]/raw': sourcesOneRaw,
  timeline: timeline,
}
