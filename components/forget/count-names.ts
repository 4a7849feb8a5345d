import type { Counted } from '@/server/services/forget/forget-inputs'

/** One and many of what is counted. */
export const COUNT_NAMES: Record<Counted, [one: string, many: string]> = {
  contracts: ['contract', 'contracts'],
  tasks: ['task', 'tasks'],
  messages: ['message', 'messages'],
  transcripts: ['transcript', 'transcripts'],
  searchRows: ['message in the search', 'messages in the search'],
  conversationSnapshots: ['conversation snapshot', 'conversation snapshots'],
  checkpoints: ['checkpoint', 'checkpoints'],
  codeSnapshots: ['saved state of files', 'saved states of files'],
  shelfItems: ['item of the recover shelf', 'items of the recover shelf'],
  operations: ['operation', 'operations'],
  runs: ['run of an agent', 'runs of agents'],
  events: ['event of the timeline', 'events of the timeline'],
  shares: ['share', 'shares'],
  imports: ['entry of an import', 'entries of imports'],
  titles: ['name, goal or plan', 'names, goals and plans'],
  otherRows: ['other row', 'other rows'],
  files: ['file or folder of Makima', 'files and folders of Makima'],
}
