// Runs one turn of a real program as Makima does, and keeps what it said.
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import type { AgentEvent, AgentProgram, LaunchInput } from './types'

export type Turn = { events: AgentEvent[]; sessionId: string; exitCode: number | null; stderr: string }

/** `interruptWhen`: the program gets SIGINT after this event. */
export async function runTurn(
  program: AgentProgram,
  input: LaunchInput,
  interruptWhen?: (event: AgentEvent) => boolean,
): Promise<Turn> {
  const launch = program.launch(input)
  const child = spawn(launch.file, launch.args, { cwd: input.cwd, env: launch.env })
  let stderr = ''
  child.stderr.on('data', (data: Buffer) => {
    stderr += data.toString()
  })
  const gone = once(child, 'exit')
  if (launch.keepsStdin) child.stdin.write(launch.stdin)
  else child.stdin.end(launch.stdin)
  const stream = program.createStream()
  const events: AgentEvent[] = []
  for await (const line of createInterface({ input: child.stdout })) {
    for (const event of stream.read(line)) {
      events.push(event)
      if (interruptWhen?.(event)) child.kill('SIGINT')
      if (event.type === 'turn_ended') child.stdin.end()
    }
  }
  await gone
  const session = events.find((event) => event.type === 'session')
  return { events, sessionId: session?.type === 'session' ? session.sessionId : '', exitCode: child.exitCode, stderr }
}
