import type { Command } from 'commander'
import { expect, test } from 'vitest'
import { program } from './main'

const leaves = (command: Command, path = ''): [string, Command][] =>
  command.commands.flatMap((child) =>
    child.commands.length > 0 ? leaves(child, `${path}${child.name()} `) : [[path + child.name(), child] as const],
  ) as [string, Command][]

function helpOf(command: Command): string {
  let text = ''
  command.configureOutput({ writeOut: (piece) => (text += piece) })
  command.outputHelp()
  return text
}

/** What a launcher or the completion calls, and no person. */
const INNER = /^(build|complete|completion)$/

test('the help of every verb says what it does and gives an example that names it', () => {
  const verbs = leaves(program()).filter(([name]) => !INNER.test(name))
  expect(verbs.length).toBeGreaterThan(30)
  for (const [name, command] of verbs) {
    expect(command.description(), name).not.toBe('')
    expect(helpOf(command), name).toContain(`Example:\n  makima ${name}`)
  }
})

test('each history verb is also there for an agent that leads a contract', () => {
  const names = leaves(program()).map(([name]) => name)
  for (const verb of [
    'timeline',
    'task-history',
    'task-checkpoints',
    'task-rewind',
    'rewind-conversation',
    'undo',
    'task-fork',
  ])
    expect(names).toEqual(expect.arrayContaining([verb, `supervisor ${verb}`]))
})
