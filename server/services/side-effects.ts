// Owns the table of things an agent can do that no rewind takes back. Guesses from what a tool was asked, never from its effect.

/** What a tool call did beyond the folder, in words; null when it looks harmless. */
export function describeSideEffect(call: {
  toolName: string
  toolInput: string | null
  isError: boolean | null
}): string | null {
  const what = isShell(call.toolName) ? ofCommand(commandOf(call.toolInput ?? '')) : ofTool(call.toolName)
  return what && call.isError ? `${what} (it reported an error)` : what
}

const SHELL = /bash|shell|exec|terminal|command/i

function isShell(toolName: string): boolean {
  return SHELL.test(toolName) && !toolName.startsWith('mcp__')
}

/** Prefilter for the database: calls that match neither cannot be described. POSIX regular expressions. */
export const SHELL_TOOLS = SHELL.source
export const SUSPECT_INPUT =
  '(push|publish|upload|gh |curl|wget|migrat|deploy|vercel|netlify|kubectl|terraform|helm|pulumi|aws |gcloud|wrangler|sendmail|mail |ssh |scp |rsync|psql|mysql|http )'

const COMMANDS: readonly [RegExp, string][] = [
  [/\bgit\s(?:\s*-[cC]\s+\S+|\s*--?[\w-]+(?:=\S+)?)*\s*push\b(?!.*--dry-run)/, 'pushed commits to a remote'],
  [
    /\b(?:npm|pnpm|yarn|bun|cargo|poetry|uv|dart|flutter\s+pub)\s+(?:npm\s+)?publish\b(?!.*--dry-run)/,
    'published a package',
  ],
  [
    /\b(?:twine\s+upload|gem\s+push|docker\s+(?:image\s+)?push|podman\s+push|mvn\s+\S*deploy|nuget\s+push)\b/,
    'published a package or image',
  ],
  [
    /\bgh\s+(?:pr|issue|release|gist|repo|workflow|run|secret|label|variable)\s+(?:create|comment|merge|close|reopen|edit|review|delete|upload|run|rerun|set|ready|fork|archive|rename)\b/,
    'changed something on GitHub',
  ],
  [
    /\bgh\s+api\b.*(?:-X|--method)[\s=]*(?:POST|PUT|PATCH|DELETE)|\bgh\s+api\b.*\s(?:-f|-F|--field|--raw-field)\s/i,
    'changed something on GitHub',
  ],
  [/\bglab\s+(?:mr|issue|release)\s+(?:create|note|merge|close|update|delete)\b/, 'changed something on GitLab'],
  [
    /\bcurl\b.*(?:(?:-X|--request)[\s=]*(?:POST|PUT|PATCH|DELETE)\b|\s(?:-d|--data(?:-\w+)?|-F|--form|-T|--upload-file|--json)[\s=])/i,
    'sent data over HTTP',
  ],
  [/\bwget\b.*--(?:post-|method[\s=]*(?:POST|PUT|PATCH|DELETE))/i, 'sent data over HTTP'],
  [/\bhttps?\s+(?:POST|PUT|PATCH|DELETE)\s/, 'sent data over HTTP'],
  [
    /\b(?:prisma\s+(?:migrate\s+(?:deploy|dev|reset)|db\s+push)|drizzle-kit\s+(?:push|migrate)|alembic\s+(?:upgrade|downgrade)|(?:rails|rake)\s+db:\w+|knex\s+(?:migrate|seed)\S*|manage\.py\s+migrate|flyway\s+(?:migrate|clean)|sequelize\S*\s+db:\w+|typeorm\s+migration:(?:run|revert)|supabase\s+db\s+(?:push|reset)|(?:npm|pnpm|yarn|bun)\s+(?:run\s+)?\S*migrat\S*|goose\s+(?:up|down)|diesel\s+migration\s+run|ecto\.migrate)/,
    'migrated a database',
  ],
  [
    /\b(?:psql|mysql|sqlite3|mongosh?)\b.*\b(?:insert\s+into|update\s+\S+\s+set|delete\s+from|drop\s+\w+|truncate|alter\s+\w+|create\s+(?:table|database|index))\b/i,
    'changed a database',
  ],
  [
    /\b(?:vercel(?:\s+deploy|\s+.*--prod|\s*$)|netlify\s+deploy|fly(?:ctl)?\s+deploy|wrangler\s+(?:deploy|publish)|firebase\s+deploy|serverless\s+deploy|sls\s+deploy|cdk\s+deploy|eb\s+deploy|railway\s+up|heroku\s+\S+|cap\s+\S+\s+deploy|kamal\s+deploy|gcloud\b.*\bdeploy)\b/,
    'deployed',
  ],
  [
    /\bkubectl\s+(?:apply|create|delete|patch|replace|scale|rollout|set|edit|drain)\b|\bhelm\s+(?:install|upgrade|uninstall|rollback)\b/,
    'changed a cluster',
  ],
  [
    /\b(?:terraform|tofu)\s+(?:apply|destroy|import)\b|\bpulumi\s+(?:up|destroy)\b|\bansible-playbook\b/,
    'changed infrastructure',
  ],
  [
    /\baws\s+\S+\s+(?:cp|mv|rm|sync|create|delete|put|update|deploy|run|start|stop|terminate|invoke)\S*|\bgsutil\s+(?:cp|rm|rsync|mv)\b/,
    'changed something in a cloud',
  ],
  [/\b(?:sendmail|mutt|mailx?)\s+-/, 'sent mail'],
  [/(?:^|[;&|]\s*|\s)(?:scp|rsync)\s.*\s\S+@?\S*:\S*/, 'copied files to or from another machine'],
  [/(?:^|[;&|]\s*)ssh\s+(?:-\S+\s+)*\S+\s+\S+/, 'ran a command on another machine'],
]

function ofCommand(command: string): string | null {
  // A dangerous word inside a quoted commit message is not a command; a heredoc's body is not one either.
  const bare = command
    .replace(/<<-?\s*'?"?(\w+)'?"?[\s\S]*?\n\s*\1\b/g, ' ')
    .replace(/\s-(?:m|-message)\s*=?\s*(?:"(?:[^"\\]|\\.)*"|'[^']*')/g, ' ')
  const found = COMMANDS.find(([pattern]) => bare.split('\n').some((line) => pattern.test(line)))
  if (!found) return null
  const line = bare.split('\n').find((text) => found[0].test(text)) ?? ''
  const shown = (found[0].exec(line)?.[0] ?? '').trim().replace(/\s+/g, ' ')
  return `${found[1]}: ${shown.length > 80 ? `${shown.slice(0, 79)}…` : shown}`
}

const WRITES =
  /(?:^|_|-)(?:send|post|create|publish|delete|remove|update|write|comment|reply|merge|push|upload|invite|add|submit|close|deploy|execute|move|set|edit)(?:$|_|-)/i

function ofTool(toolName: string): string | null {
  if (!toolName.startsWith('mcp__')) return null
  const [, server = '', ...rest] = toolName.split('__')
  // camelCase names are read word by word too.
  const verb = rest.join('__').replace(/([a-z])([A-Z])/g, '$1_$2')
  return WRITES.test(verb) ? `used ${rest.join('__')} of ${server}` : null
}

function commandOf(input: string): string {
  try {
    const value = JSON.parse(input) as { command?: unknown; cmd?: unknown; script?: unknown }
    const command = value.command ?? value.cmd ?? value.script
    if (typeof command === 'string') return command
    if (Array.isArray(command)) return command.join(' ')
  } catch {
    // Cut inputs are no JSON; their text still holds the words.
  }
  return input.replaceAll('\\n', '\n').replaceAll('\\"', '"')
}
