// The agents whose transcripts are read. Names in inputs, rows and pages derive from this table.

/** Each agent's name for machines, and for people. */
export const AGENT_NAMES = {
  'claude-code': 'Claude Code',
  codex: 'Codex',
  gemini: 'Gemini CLI',
  opencode: 'OpenCode',
  acp: 'ACP agent',
} as const

export type Agent = keyof typeof AGENT_NAMES

export const AGENTS = Object.keys(AGENT_NAMES) as [Agent, ...Agent[]]

/** The agent of a name in a row; null for one that is not known (any more). */
export function asAgent(name: string | null): Agent | null {
  return AGENTS.find((agent) => agent === name) ?? null
}
