import { expect, makeWorld, test } from './world'

test('words of the talk and of tools are found as they are typed, and lead to the very message', async ({
  page,
  request,
}) => {
  const world = await makeWorld(request, 'Nightingale work')
  await expect
    .poll(async () => {
      const answer = await request.get('/api/v1/search', { params: { q: 'nightingale' } })
      return ((await answer.json()) as { hits: object[] }).hits.length
    })
    .toBeGreaterThan(0)
  await page.goto('/')
  await page.keyboard.press('g')
  await page.keyboard.press('s')
  await expect(page).toHaveURL(/\/search$/)
  await expect(page.getByText('Search everything that was said and done')).toBeVisible()
  const field = page.getByRole('searchbox', { name: 'Search for' })
  await field.fill('nighting')
  const found = page.getByRole('region', { name: 'Found messages' })
  await expect(found.locator('mark').first()).toHaveText(/nighting/i)
  await field.fill('nightingale -nightingale')
  await expect(page.getByText('Nothing was found')).toBeVisible()
  await field.fill('!!')
  await expect(page.getByText('There is no word in this to search for.')).toBeVisible()
  await field.fill('"greet louder" commit')
  await found.getByRole('link').filter({ hasText: 'Bash' }).first().click()
  await expect(page).toHaveURL(new RegExp(`/tasks/${world.taskId}\\?message=`))
  await expect(page.getByText('git commit -am "Greet louder"').first()).toBeVisible()
  await page.goBack()
  await expect(field).toHaveValue('"greet louder" commit')
})
