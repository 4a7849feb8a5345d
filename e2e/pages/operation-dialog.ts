import { expect, type Locator, type Page } from '@playwright/test'

/** The dialog that shows a plan before anything happens. */
export class OperationDialog {
  readonly root: Locator

  constructor(private readonly page: Page) {
    this.root = page.getByRole('dialog')
  }

  get plan(): Locator {
    return this.root.getByRole('region', { name: 'What will happen' })
  }

  async choose(option: string): Promise<void> {
    await this.root.getByRole('radio', { name: new RegExp(`^${option}`) }).click()
  }

  /** Does what the button says, once it says it. */
  async run(button: RegExp): Promise<void> {
    const act = this.root.getByRole('button', { name: button })
    await expect(act).toBeEnabled()
    await act.click()
    await expect(this.root).toBeHidden({ timeout: 40_000 })
  }

  /** Takes the offer of the toast that followed. */
  async undoFromToast(): Promise<void> {
    await this.page.getByRole('button', { name: 'Undo' }).last().click()
    await expect(this.plan).toBeVisible()
    await this.run(/^Undo/)
  }
}
