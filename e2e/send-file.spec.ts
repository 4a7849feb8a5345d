// A file of the person's own machine, sent to Makima by the page that imports.
import { expect, makeWorld, test } from './world'

test('a contract that was saved as a file is sent back and known again', async ({ page, request }) => {
  const world = await makeWorld(request, 'Sent as a file')
  await page.goto(`/contracts/${world.contractId}`)
  const [saved] = await Promise.all([
    page.waitForEvent('download'),
    page.getByRole('button', { name: 'Save as a file for another Makima' }).click(),
  ])
  expect(saved.suggestedFilename()).toMatch(/\.makima$/)
  const file = test.info().outputPath(saved.suggestedFilename())
  await saved.saveAs(file)

  await page.goto('/operations?tab=imports')
  const [chooser] = await Promise.all([
    page.waitForEvent('filechooser'),
    page.getByRole('button', { name: 'Choose a file' }).click(),
  ])
  await chooser.setFiles(file)
  const entry = page.getByRole('listitem').filter({ hasText: saved.suggestedFilename() }).first()
  await expect(entry.getByText('is here already. Nothing was changed.')).toBeVisible()
})

test('a file with nothing in it is refused in a sentence', async ({ page }) => {
  await page.goto('/operations?tab=imports')
  const chooser = page.waitForEvent('filechooser')
  await page.getByRole('button', { name: 'Choose a file' }).click()
  await (await chooser).setFiles({ name: 'nothing.jsonl', mimeType: 'text/plain', buffer: Buffer.alloc(0) })
  await expect(page.getByRole('alert').filter({ hasText: 'The file is empty. Choose another one.' })).toBeVisible()
})
