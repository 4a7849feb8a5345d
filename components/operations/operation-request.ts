// What a person can ask for, as the screens hand it to the one dialog that is open.

type Target = { taskId: string; taskName: string }

export type RewindWhat = 'code' | 'conversation' | 'both'

export type OperationRequest =
  | (Target & {
      kind: 'rewind'
      /** In words: "checkpoint 12" or "this message". */
      place: string
      checkpointId: string | null
      messageId: string | null
      codeUnavailableReason: string | null
      what: RewindWhat
    })
  | (Target & { kind: 'fork'; place: string; from: { type: 'checkpoint' | 'message_id'; value: string } })
  | (Target & { kind: 'branch'; place: string; checkpointId: string })
  | (Target & {
      kind: 'resume'
      /** Go on from this message, in a task of its own. */
      messageId: string | null
      place: string | null
      /** The whole contract: its supervisor and every task that was interrupted. */
      contractId?: string
    })
  | (Target & {
      kind: 'share'
      /** The last message that is shared; null: all of them. */
      messageId: string | null
    })
  | { kind: 'undo'; operationId: string; summary: string }
  | { kind: 'restore'; shelfItemId: string; summary: string }
