// Processor time of a Makima: its launcher's children and its database, as /proc tells it.
import { readdirSync, readFileSync } from 'node:fs'

/** Clock ticks a second that Linux tells times in, whatever its own clock does. */
const TICKS = 100

type Process = { pid: number; parent: number; ticks: number; command: string }

/** Milliseconds of processor time used so far by all that serves the home; null where there is no /proc. */
export function readCpuOf(home: string): number | null {
  const processes = listProcesses()
  if (processes === null) return null
  const counted = new Set(processes.filter(({ command }) => command.includes(home)).map(({ pid }) => pid))
  for (let grew = true; grew; ) {
    grew = false
    for (const { pid, parent } of processes) {
      if (!counted.has(parent) || counted.has(pid)) continue
      counted.add(pid)
      grew = true
    }
  }
  const ticks = processes.filter(isServing(counted)).reduce((sum, one) => sum + one.ticks, 0)
  return (ticks / TICKS) * 1_000
}

/** The agents themselves are not Makima's. */
const isServing = (counted: ReadonlySet<number>) => (one: Process) =>
  counted.has(one.pid) && !one.command.includes('--output-format')

function listProcesses(): Process[] | null {
  let names: string[]
  try {
    names = readdirSync('/proc')
  } catch {
    return null
  }
  return names.filter((name) => /^\d+$/.test(name)).flatMap((name) => readProcess(name) ?? [])
}

function readProcess(pid: string): Process | null {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'latin1')
    // The name in parentheses may hold anything, spaces too.
    const fields = stat
      .slice(stat.lastIndexOf(')') + 2)
      .split(' ')
      .map(Number)
    const [parent = 0, user = 0, system = 0] = [fields[1], fields[11], fields[12]]
    const command = readFileSync(`/proc/${pid}/cmdline`, 'latin1').replaceAll('\0', ' ')
    return { pid: Number(pid), parent, ticks: user + system, command }
  } catch {
    // It has ended meanwhile.
    return null
  }
}
