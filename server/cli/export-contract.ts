// `makima export-contract`: the whole of a contract as one file for another Makima.
import { createWriteStream } from 'node:fs'
import { rename, rm, stat } from 'node:fs/promises'
import { Readable, Transform } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { AppError } from '@/server/errors'
import { isPasteable, shellWord } from '@/text/shell-word'
import { addressOf, request } from './http'
import { harmless, type OutputOptions, print, say, wantsJson } from './output'

/** Writes the file beside its place and moves it there when it is whole: what broke off is never taken for it. */
export async function exportContract(id: string, options: OutputOptions & { out?: string }): Promise<void> {
  const answer = await request(addressOf(options), 'GET', `/contracts/${encodeURIComponent(id)}/export`)
  const named = /filename\*=UTF-8''([^;]+)/.exec(answer.headers.get('content-disposition') ?? '')?.[1]
  const file = options.out ?? decodeURIComponent(named ?? 'contract.makima').replaceAll(/[/\\]/g, '-')
  if (!file.endsWith('.makima')) throw new AppError('invalid', 'The name of a contract’s file ends with .makima.')
  if (!answer.body) throw new AppError('internal', 'The server sent nothing. Its log says more.')
  const draft = `${file}.part`
  try {
    const body = Readable.fromWeb(answer.body as Parameters<typeof Readable.fromWeb>[0])
    await pipeline(body, counter(), createWriteStream(draft, { mode: 0o600 }))
    await rename(draft, file)
  } catch (cause) {
    await rm(draft, { force: true })
    throw new AppError('internal', `The file broke off and was not kept: ${wordsOf(cause)}. Try again.`, { cause })
  }
  const { size } = await stat(file)
  if (wantsJson(options)) return print({ file, bytes: size })
  const how = isPasteable([file]) ? `with: makima import ${shellWord(file)}` : 'on its page of imports'
  say(`${harmless(file)} (${megabytes(size)}). Nothing in it is masked. Bring it in elsewhere ${how}`)
}

/** Tells a person how much has come; nobody knows yet how much it will be. */
function counter(): Transform {
  let bytes = 0
  let toldAt = Date.now()
  const tell = (line: string) => process.stderr.isTTY && process.stderr.write(`\r${line}`)
  return new Transform({
    transform(part: Buffer, _encoding, done) {
      bytes += part.length
      if (Date.now() - toldAt > 500) {
        toldAt = Date.now()
        tell(`  ${megabytes(bytes)} written `)
      }
      done(null, part)
    },
    flush(done) {
      tell('\u001B[2K\r')
      done()
    },
  })
}

const megabytes = (bytes: number) => `${(bytes / 1e6).toFixed(1)} MB`
const wordsOf = (cause: unknown) => (cause instanceof Error ? cause.message : String(cause))
