import { describe, expect, test } from 'vitest'
import { describeSideEffect } from './side-effects'

const shell = (command: string) =>
  describeSideEffect({ toolName: 'Bash', toolInput: JSON.stringify({ command }), isError: false })

describe('a command that reaches beyond the folder is named', () => {
  test.each([
    ['git push -u origin main', 'pushed commits'],
    ['cd app && git -C . push', 'pushed commits'],
    ['npm publish --access public', 'published a package'],
    ['docker push me/app:1', 'published a package or image'],
    ['gh pr create --title "x"', 'changed something on GitHub'],
    ['curl -s -X POST https://api.example.org/things', 'sent data over HTTP'],
    ['curl https://api.example.org -d name=x', 'sent data over HTTP'],
    ['npx prisma migrate deploy', 'migrated a database'],
    ['npm run db:migrate', 'migrated a database'],
    ['psql "$URL" -c "delete from users"', 'changed a database'],
    ['vercel --prod', 'deployed'],
    ['kubectl apply -f app.yaml', 'changed a cluster'],
    ['terraform apply -auto-approve', 'changed infrastructure'],
    ['aws s3 cp a s3://b/', 'changed something in a cloud'],
    ['ssh host.example.org systemctl restart app', 'ran a command on another machine'],
  ])('%s', (command, what) => {
    expect(shell(command)).toMatch(new RegExp(`^${what}`))
  })
})

describe('a command that stays in the folder is not', () => {
  test.each([
    'git status',
    'git commit -m "push the button, then git push later"',
    'git push --dry-run',
    'curl -s https://example.org/list.json',
    'npm test',
    'gh pr view 3',
    'kubectl get pods',
    'cat > notes.md <<EOF\ngit push\nEOF',
    'echo ssh-keygen',
  ])('%s', (command) => {
    expect(shell(command)).toBeNull()
  })
})

test('a tool of another server that writes is named, one that reads is not', () => {
  const tool = (toolName: string) => describeSideEffect({ toolName, toolInput: '{}', isError: null })
  expect(tool('mcp__slack__post_message')).toBe('used post_message of slack')
  expect(tool('mcp__mail__sendEmail')).toBe('used sendEmail of mail')
  expect(tool('mcp__docs__search')).toBeNull()
  expect(tool('Edit')).toBeNull()
})

test('a call that failed says so, and a cut input is still read', () => {
  const call = { toolName: 'Bash', toolInput: '{"command":"git push origin ma', isError: true }
  expect(describeSideEffect(call)).toBe('pushed commits to a remote: git push (it reported an error)')
})
