// The agents a person can go on with.

export type AgentChoice = 'claude-code' | 'codex' | 'gemini' | 'opencode' | 'acp'

export const AGENT_CHOICES: { value: AgentChoice; label: string }[] = [
  { value: 'claude-code', label: 'Claude Code' },
  { value: 'codex', label: 'Codex' },
  { value: 'gemini', label: 'Gemini CLI' },
  { value: 'opencode', label: 'OpenCode' },
  { value: 'acp', label: 'Another, over ACP' },
]
