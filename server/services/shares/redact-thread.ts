// Masks in threads, two at most: a conversation of any size never holds up the server. Whoever asks can go away, and nothing
// takes longer or more memory than is set here. When anything fails, nothing is shown.
import { setImmediate as nextTurn } from 'node:timers/promises'
import { Worker } from 'node:worker_threads'
import pLimit from 'p-limit'
import { AppError } from '@/server/errors'
import type { Choices, Part, Redacted } from '@/server/redact/redact'
import { threadCode } from './thread-code'
import { CHUNK_CHARACTERS, type FromThread, type ToThread } from '@/server/redact/thread-messages'

const THREADS = 2
const MEMORY_MB = 3_000
const TIME_MS = 120_000
/** A thread without work ends after this: it holds the memory of what it did last. */
const IDLE_MS = 30_000

const turns = pLimit(THREADS)
const idle: Worker[] = []

/** `masked`: how many findings are masked. `more`: how many are not in the list. */
export type RedactedInThread = Redacted & { masked: number; more: number }

/**
 * @param signal aborted when who asked is gone: the thread ends at once.
 * @throws AppError `too_large` when it takes more time or memory than is given; Error when the thread fails.
 */
export function redactInThread(
  parts: readonly Part[],
  choices: Choices,
  signal?: AbortSignal,
): Promise<RedactedInThread> {
  return turns(async () => {
    signal?.throwIfAborted()
    const worker = await takeThread()
    let ends = true
    try {
      const redacted = await talk(worker, parts, choices, signal)
      if (redacted.texts.length !== parts.length)
        throw new Error('the thread that masks gave back another number of texts')
      ends = false
      return redacted
    } finally {
      if (ends) void worker.terminate()
      else rest(worker)
    }
  })
}

async function talk(
  worker: Worker,
  parts: readonly Part[],
  choices: Choices,
  signal?: AbortSignal,
): Promise<RedactedInThread> {
  const texts: string[] = []
  const findings: Redacted['findings'] = []
  let stopListening = () => {}
  const answer = new Promise<RedactedInThread>((resolve, reject) => {
    const tooMuch = () =>
      reject(
        new AppError(
          'too_large',
          'Looking through this conversation takes too long. Share up to an earlier message, or leave out what tools answered.',
        ),
      )
    const timer = setTimeout(tooMuch, TIME_MS)
    const gone = () => reject(signal?.reason as Error)
    const heard = (message: FromThread) => {
      if ('texts' in message) texts.push(...message.texts)
      else if ('findings' in message) findings.push(...message.findings)
      else if ('error' in message) reject(new Error(`the thread that masks failed: ${message.error}`))
      else resolve({ texts, findings, masked: message.masked, more: message.more })
    }
    const failed = (error: Error & { code?: string }) =>
      error.code === 'ERR_WORKER_OUT_OF_MEMORY' ? tooMuch() : reject(error)
    const ended = () => reject(new Error('the thread that masks ended'))
    worker.on('message', heard).on('error', failed).on('exit', ended)
    signal?.addEventListener('abort', gone)
    stopListening = () => {
      clearTimeout(timer)
      signal?.removeEventListener('abort', gone)
      worker.off('message', heard).off('error', failed).off('exit', ended)
    }
  })
  // Its failure may come while parts are still being sent.
  answer.catch(() => undefined)
  try {
    await sendParts(worker, parts, signal)
    send(worker, { choices })
    return await answer
  } finally {
    stopListening()
  }
}

function send(worker: Worker, message: ToThread): void {
  // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a thread has no origin
  worker.postMessage(message)
}

async function sendParts(worker: Worker, parts: readonly Part[], signal?: AbortSignal): Promise<void> {
  let chunk: Part[] = []
  let characters = 0
  for (const part of parts) {
    chunk.push(part)
    characters += part.text.length
    if (characters < CHUNK_CHARACTERS) continue
    send(worker, { parts: chunk })
    chunk = []
    characters = 0
    await nextTurn()
    signal?.throwIfAborted()
  }
  send(worker, { parts: chunk })
}

async function takeThread(): Promise<Worker> {
  const worker = idle.pop()
  if (worker) {
    worker.ref()
    return worker
  }
  const found = await threadCode()
  const options = { resourceLimits: { maxOldGenerationSizeMb: MEMORY_MB }, env: {}, execArgv: [] }
  const made = 'file' in found ? new Worker(found.file, options) : new Worker(found.code, { ...options, eval: true })
  // One that ends while it has no work is not used again.
  const leave = () => {
    if (idle.includes(made)) idle.splice(idle.indexOf(made), 1)
  }
  return made.on('exit', leave).on('error', leave)
}

function rest(worker: Worker): void {
  worker.unref()
  idle.push(worker)
  const end = () => {
    if (idle.includes(worker)) void worker.terminate()
  }
  setTimeout(end, IDLE_MS).unref()
}
