import { expect, test } from './world'

test('the page of the API shows what each address takes and answers, and leads to the schemas', async ({ page }) => {
  await page.goto('/')
  await page.getByRole('link', { name: 'REST API' }).click()
  await expect(page).toHaveURL(/\/docs\/api$/)
  const tasks = page.getByRole('region', { name: 'tasks' })
  const rewind = tasks.locator('#postMeshTasksIdRewind')
  await rewind.getByText('The files as they were at a checkpoint').click()
  await expect(rewind).toContainText('preserveMode?: "discard" | "create_branch" | "stash"')
  await expect(rewind).toContainText('Idempotency-Key')
  await rewind.getByRole('link', { name: 'Problem' }).first().click()
  await expect(page.locator('#schema-Problem')).toBeInViewport()
  await expect(page.locator('#schema-Problem')).toContainText('detail: string')
})

test('the served description is the one that programs get', async ({ request }) => {
  const answer = await request.get('/api/v1/openapi.json')
  const document = (await answer.json()) as { openapi: string; paths: object }
  expect(document.openapi).toBe('3.1.0')
  expect(Object.keys(document.paths)).toEqual(
    expect.arrayContaining(['/contracts', '/mesh/tasks/{id}/rewind', '/events']),
  )
})
