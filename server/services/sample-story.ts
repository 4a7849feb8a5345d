// The story of the sample contract: what was asked, what an agent answered, what it did to the files. Plain data, no time and no disk.

export type StoryStep =
  | { who: 'person'; text: string }
  | { who: 'agent'; thinking?: string; text?: string }
  | { who: 'tool'; name: string; input: Record<string, unknown>; result: string; isError?: boolean }
  | { who: 'subagent'; description: string; prompt: string; answer: string }
  | { who: 'commit'; message: string; files: Record<string, string | null> }

const NOTES_V1 = `import { readFileSync, writeFileSync } from 'node:fs'

const FILE = 'notes.json'

export function load() {
  return JSON.parse(readFileSync(FILE, 'utf8'))
}

export function add(text) {
  const notes = load()
  notes.push({ text, at: new Date().toISOString() })
  writeFileSync(FILE, JSON.stringify(notes, null, 2))
}
`

const SEARCH_V1 = `import { load } from './notes.js'

export function search(word) {
  return load().filter((note) => note.text.includes(word))
}
`

const SEARCH_V2 = `import { load } from './notes.js'

/** Notes that hold the word, whatever its case, newest first. */
export function search(word) {
  const wanted = word.toLowerCase()
  return load()
    .filter((note) => note.text.toLowerCase().includes(wanted))
    .reverse()
}
`

const TEST_V2 = `import assert from 'node:assert'
import { test } from 'node:test'
import { search } from './search.js'

test('finds a word whatever its case', () => {
  assert.equal(search('MILK').length, 1)
})
`

const NOTES_V3 = `import { DatabaseSync } from 'node:sqlite'

const db = new DatabaseSync('notes.db')
db.exec('CREATE TABLE IF NOT EXISTS notes (text TEXT, at TEXT)')

export function load() {
  return db.prepare('SELECT text, at FROM notes').all()
}
`

const README =
  '# Notes\n\nA small program that keeps notes.\n\n    node cli.js add "buy milk"\n    node cli.js search milk\n'
const JSON_NOTES =
  '[\n  { "text": "Buy milk", "at": "2026-01-05T08:00:00.000Z" },\n  { "text": "Call Ada", "at": "2026-01-06T08:00:00.000Z" }\n]\n'
const CLI = `import { add } from './notes.js'

const [verb, ...words] = process.argv.slice(2)
if (verb === 'add') add(words.join(' '))
`
const CLI_V2 = CLI.replace(
  "import { add } from './notes.js'\n",
  "import { add } from './notes.js'\nimport { search } from './search.js'\n",
).concat("if (verb === 'search') for (const note of search(words.join(' '))) console.log(note.text)\n")

export const FIRST_FILES: Record<string, string> = {
  'README.md': README,
  'notes.js': NOTES_V1,
  'notes.json': JSON_NOTES,
  'cli.js': CLI,
  '.gitignore': 'notes.db\n',
}

/** Left uncommitted in the worktree, so that a preview shows how a person's own edits are treated. */
export const PERSON_FILES: Record<string, string> = {
  'IDEAS.md': '# Ideas\n\nThis file was never committed: it is yours. A rewind keeps it unless you ask otherwise.\n',
}

const edit = (file: string, before: string, after: string): StoryStep => ({
  who: 'tool',
  name: 'Edit',
  input: { file_path: file, old_string: before, new_string: after },
  result: `The file ${file} has been updated.`,
})

export const STORY: StoryStep[] = [
  { who: 'person', text: 'Add a `search` command to the notes program.' },
  {
    who: 'agent',
    thinking: 'I should see how notes are stored before I add a command.',
    text: 'I will look at how notes are stored first.',
  },
  { who: 'tool', name: 'Read', input: { file_path: 'notes.js' }, result: NOTES_V1 },
  {
    who: 'tool',
    name: 'Write',
    input: { file_path: 'search.js', content: SEARCH_V1 },
    result: 'File created successfully at: search.js',
  },
  edit(
    'cli.js',
    "import { add } from './notes.js'",
    "import { add } from './notes.js'\nimport { search } from './search.js'",
  ),
  {
    who: 'tool',
    name: 'Bash',
    input: { command: 'node cli.js search milk', description: 'Try the new command' },
    result: '',
  },
  {
    who: 'agent',
    text: 'The command runs, but it finds nothing for `milk` because the note says `Milk`. Shall I ignore case?',
  },
  { who: 'commit', message: 'Add a search command', files: { 'search.js': SEARCH_V1, 'cli.js': CLI_V2 } },
  { who: 'person', text: 'Yes, ignore case, newest first. And let somebody look whether there are tests.' },
  {
    who: 'subagent',
    description: 'Look for tests',
    prompt: 'Find out whether this repository has tests and how they are run.',
    answer: 'There are no tests. Node has a test runner of its own: `node --test` would find files named `*.test.js`.',
  },
  edit(
    'search.js',
    '.filter((note) => note.text.includes(word))',
    '.filter((note) => note.text.toLowerCase().includes(wanted))',
  ),
  {
    who: 'tool',
    name: 'Write',
    input: { file_path: 'search.test.js', content: TEST_V2 },
    result: 'File created successfully at: search.test.js',
  },
  {
    who: 'tool',
    name: 'Bash',
    input: { command: 'node --test', description: 'Run the tests' },
    result:
      '\u001b[32m✔\u001b[39m finds a word whatever its case (1.2ms)\n\u001b[34mℹ\u001b[39m tests 1\n\u001b[34mℹ\u001b[39m pass 1',
  },
  {
    who: 'agent',
    text: 'Search ignores case now, shows the newest first, and has a test:\n\n| test | result |\n|---|---|\n| finds a word whatever its case | passes |',
  },
  {
    who: 'commit',
    message: 'Search ignores case, newest first',
    files: { 'search.js': SEARCH_V2, 'search.test.js': TEST_V2 },
  },
  { who: 'person', text: 'Now keep the notes in SQLite instead of a JSON file.' },
  {
    who: 'agent',
    thinking: 'SQLite comes with newer Node versions. I replace the storage.',
    text: 'I replace the JSON file by a database.',
  },
  {
    who: 'tool',
    name: 'Write',
    input: { file_path: 'notes.js', content: NOTES_V3 },
    result: 'The file notes.js has been updated.',
  },
  {
    who: 'tool',
    name: 'Bash',
    input: { command: 'rm notes.json && node --test', description: 'Remove the old file and test' },
    result: 'Error: No such built-in module: node:sqlite',
    isError: true,
  },
  {
    who: 'agent',
    text: 'The tests fail: this version of Node has no SQLite. The old notes are gone from the folder, and `add` is missing as well.',
  },
  { who: 'commit', message: 'Keep notes in SQLite', files: { 'notes.js': NOTES_V3, 'notes.json': null } },
  // Ends with a word: a turn that is open would count as an agent at work, under which nothing can be tried.
  { who: 'agent', text: 'I committed it as it is. Say if I should go back.' },
]
