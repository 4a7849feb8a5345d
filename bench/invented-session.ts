// An invented session in the shape Claude Code writes, for machines without recorded ones: prompts, thinking, text, tool
// calls with their results and structured twins, hooks and turn records, about 2.5 kB a record as in real sessions.
import { createRandom, type Random, words } from './random'

const CWD = '/home/ada/shop'
const TOOLS = ['Bash', 'Read', 'Edit', 'Grep', 'Write'] as const

/** Lines of one session with so many turns of a person; about 12 records a turn. */
export function inventSession(turns: number, seed: number): string[] {
  const random = createRandom(seed)
  const sessionId = uuid(random)
  const lines: string[] = []
  let parentUuid: string | null = null
  let at = Date.UTC(2026, 0, 5, 9) + seed * 3_600_000
  const add = (record: Record<string, unknown>): string => {
    const id = uuid(random)
    at += 500 + random.below(20_000)
    lines.push(
      JSON.stringify({
        parentUuid,
        isSidechain: false,
        userType: 'external',
        cwd: CWD,
        sessionId,
        version: '2.1.200',
        gitBranch: 'main',
        ...record,
        uuid: id,
        timestamp: new Date(at).toISOString(),
      }),
    )
    parentUuid = id
    return id
  }
  for (let turn = 0; turn < turns; turn++) {
    add({ type: 'user', message: { role: 'user', content: words(random, 10 + random.below(60)) } })
    for (let step = 0; step < 2 + random.below(5); step++) addStep(random, add)
    add({ type: 'assistant', ...say(random, messageId(random), { type: 'text', text: markdown(random) }) })
    add({ type: 'system', subtype: 'turn_duration', durationMs: random.below(90_000) })
    lines.push(JSON.stringify({ type: 'last-prompt', leafUuid: parentUuid, lastPrompt: words(random, 8) }))
  }
  return lines
}

type Add = (record: Record<string, unknown>) => string

/** One message of the model, a record for each of its blocks, and the result of its tool call. */
function addStep(random: Random, add: Add): void {
  const id = messageId(random)
  add({ type: 'assistant', ...say(random, id, { type: 'thinking', thinking: '', signature: words(random, 40) }) })
  if (random.below(3) === 0) add({ type: 'assistant', ...say(random, id, { type: 'text', text: words(random, 40) }) })
  const tool = TOOLS[random.below(TOOLS.length)] ?? 'Bash'
  const callId = `toolu_${hex(random, 24)}`
  const output = Array.from({ length: 40 + random.below(120) }, () => words(random, 9)).join('\n')
  const file = `${CWD}/src/part-${random.below(40)}.ts`
  const input =
    tool === 'Bash' ? { command: `npm test -- ${words(random, 3)}` } : { file_path: file, pattern: words(random, 2) }
  const call = add({ type: 'assistant', ...say(random, id, { type: 'tool_use', id: callId, name: tool, input }) })
  add({
    type: 'user',
    message: { role: 'user', content: [{ type: 'tool_result', tool_use_id: callId, content: output }] },
    toolUseResult:
      tool === 'Bash' ? { stdout: output, stderr: '', interrupted: false } : { filePath: file, content: output },
    sourceToolAssistantUUID: call,
  })
  add({
    type: 'attachment',
    attachment: { type: 'hook_success', hookName: `PostToolUse:${tool}`, content: '', exitCode: 0 },
  })
}

function say(random: Random, id: string, block: Record<string, unknown>) {
  const usage = {
    input_tokens: 10,
    output_tokens: 20 + random.below(900),
    cache_read_input_tokens: random.below(150_000),
    cache_creation_input_tokens: random.below(4_000),
  }
  const model = 'claude-sonnet-4-5-20250929'
  return { message: { id, type: 'message', role: 'assistant', model, content: [block], usage }, requestId: `req_${id}` }
}

function markdown(random: Random): string {
  const list = Array.from(
    { length: 4 },
    () => `- **${words(random, 2)}**: \`${words(random, 1)}\` ${words(random, 12)}`,
  )
  return `## ${words(random, 4)}\n\n${words(random, 60)}\n\n${list.join('\n')}\n\n\`\`\`ts\n${words(random, 30)}\n\`\`\``
}

function uuid(random: Random): string {
  const text = hex(random, 32)
  return `${text.slice(0, 8)}-${text.slice(8, 12)}-4${text.slice(13, 16)}-8${text.slice(17, 20)}-${text.slice(20)}`
}

const messageId = (random: Random) => `msg_${hex(random, 24)}`
const hex = (random: Random, length: number) =>
  Array.from({ length: length / 4 }, () => random.below(65_536).toString(16).padStart(4, '0')).join('')
