// One of many processes that want the same locks at the same moment, for the tests of the lock.
import fs, { appendFileSync, existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { syncBuiltinESMExports } from 'node:module'
import { join } from 'node:path'
import { takeFileLock } from './file-lock'
import { processStart } from './process-identity'

// What lies between two steps of the lock takes microseconds; slowed down, every order of steps comes up within a few rounds.
const pause = new Int32Array(new SharedArrayBuffer(4))
for (const name of ['readFileSync', 'linkSync', 'renameSync', 'rmSync'] as const) {
  const real = fs[name] as (...args: unknown[]) => unknown
  Object.assign(fs, {
    [name]: (...args: unknown[]) => {
      if (Math.random() < 0.5) Atomics.wait(pause, 0, 0, Math.random() * 4)
      return real(...args)
    },
  })
}
syncBuiltinESMExports()

const [folder = '', rounds = '0', turns = '0'] = process.argv.slice(2)
process.stdout.write('ready\n')
for (let round = 0; round < Number(rounds); round++) {
  // Awake all the time: those that sleep do not come at the same moment.
  while (!existsSync(join(folder, String(round), 'go'))) continue
  for (let turn = 0; turn < Number(turns); turn++) await beInside(join(folder, String(round)))
}

async function beInside(at: string): Promise<void> {
  const release = await takeFileLock(join(at, 'lock'), 60_000)
  if (!release) throw new Error('the lock never came free')
  const sign = join(at, 'inside')
  try {
    writeFileSync(sign, String(process.pid), { flag: 'wx' })
  } catch {
    const other = Number(readFileSync(sign, 'utf8'))
    if (processStart(other) !== null) fault(`${other} is inside already`)
    writeFileSync(sign, String(process.pid))
  }
  appendFileSync(join(at, 'turns'), '.')
  if (readFileSync(sign, 'utf8') !== String(process.pid)) fault('another came inside')
  rmSync(sign)
  release()
}

function fault(what: string): void {
  appendFileSync(join(folder, 'faults'), `${process.pid}: ${what}\n`)
}
