import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Page } from '@playwright/test'
import { expect, importPath, makeFolder, test } from './world'
import { Transcript } from './transcript'

const ODD = 'x\u202Egnp\u2066a\u200Bb\u00ADc\u061C'

/** What of a page still holds a raw character of those, wherever it stands: text, title, attributes, shadow trees. */
async function rawIn(page: Page): Promise<string[]> {
  return page.evaluate(() => {
    const raw = /[\u00AD\u061C\u200B\u200E\u200F\u202A-\u202E\u2066-\u2069]/
    const found: string[] = raw.test(document.title) ? [`title: ${document.title}`] : []
    const walk = (root: Node) => {
      const nodes = document.createTreeWalker(root, NodeFilter.SHOW_ELEMENT | NodeFilter.SHOW_TEXT)
      for (let node: Node | null = nodes.currentNode; node; node = nodes.nextNode()) {
        if (node instanceof Element) {
          if (node.tagName === 'SCRIPT') continue
          for (const { name, value } of node.attributes)
            if (raw.test(value)) found.push(`${node.tagName} ${name}=${value}`)
          if (node.shadowRoot) walk(node.shadowRoot)
        } else if (raw.test(node.textContent ?? '') && node.parentElement?.tagName !== 'SCRIPT')
          found.push(`${node.parentElement?.tagName}: ${node.textContent?.slice(0, 80)}`)
      }
    }
    walk(document.documentElement)
    return found.map((text) => text.replaceAll(/[^ -~]/g, (c) => `\\u${c.charCodeAt(0).toString(16)}`))
  })
}

test('names that turn others round or are not seen are shown by their signs on every page', async ({
  page,
  request,
}) => {
  const { root, folder, git } = makeFolder()
  git('checkout', '-q', '-b', `b${ODD}`)
  const talk = new Transcript(folder, Date.now() - 3_600_000)
  talk.person(`Oddly ${ODD} named`).agent(`**A** ${ODD} \`c${ODD}\` [l](https://a.b "t${ODD}") &#x202e;`)
  for (const name of ['Write', 'Bash', 'Read', 'Edit', `Odd${ODD}`])
    talk.tool(
      name,
      {
        file_path: join(folder, `f${ODD}.txt`),
        command: `ls ${ODD}`,
        description: ODD,
        content: ODD,
        [`k${ODD}`]: ODD,
      },
      `result ${ODD}`,
    )
  writeFileSync(join(folder, `f${ODD}.txt`), `line ${ODD}\n`)
  git('add', '-A')
  git('commit', '-q', '-m', `Commit ${ODD}`, '--date', talk.now.toISOString())
  talk.agent('Done.')
  const transcripts = join(root, `t${ODD}`)
  mkdirSync(transcripts)
  writeFileSync(join(transcripts, `${talk.sessionId}.jsonl`), talk.text())
  const { taskId, contractId } = await importPath(request, transcripts)
  const taken = await request.post(`/api/v1/mesh/tasks/${taskId}/checkpoints`, { data: { message: `M ${ODD}` } })
  expect(taken.ok(), await taken.text()).toBe(true)
  const list = (await (await request.get(`/api/v1/mesh/tasks/${taskId}/checkpoints`)).json()) as {
    checkpoints: { checkpointId?: string; id?: string }[]
  }
  const checkpoints = list.checkpoints.map((one) => `/checkpoints/${one.checkpointId ?? one.id}`)
  expect(checkpoints.length).toBeGreaterThan(0)

  const places = ['/', '/contracts', `/contracts/${contractId}`, `/tasks/${taskId}`, ...checkpoints]
  for (const path of [...places, '/operations', '/search?q=oddly', '/settings']) {
    await page.goto(path)
    if (path !== '/operations' && path !== '/settings' && !path.startsWith('/search'))
      await expect(page.getByText('[U+202E]').first(), path).toBeVisible()
    for (const closed of await page.locator('#main button[aria-expanded="false"]').all())
      await closed.click({ timeout: 500 }).catch(() => undefined)
    await expect.poll(() => rawIn(page), { message: path, timeout: 2_000 }).toEqual([])
  }
  // The look itself finds what it is to find.
  await page.evaluate(() => document.body.append('raw \u202E'))
  expect(await rawIn(page)).toHaveLength(1)
})
