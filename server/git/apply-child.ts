// Applies a plan in a process of its own, for the test that kills it half-way.
import { readFileSync } from 'node:fs'
import { type ApplyInput, applyRewind } from './apply'

const input = JSON.parse(readFileSync(process.argv[2] ?? '', 'utf8')) as ApplyInput
process.stdout.write('ready\n')
await applyRewind(input)
