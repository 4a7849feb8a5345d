import { expect, type Locator, type Page } from '@playwright/test'

/** The dialog that shows what an agent will know and be told before it goes on. */
export class ResumeDialog {
  readonly root: Locator

  constructor(private readonly page: Page) {
    this.root = page.getByRole('dialog')
  }

  get known(): Locator {
    return this.root.getByRole('region', { name: 'What the agent will know' })
  }

  get prompt(): Locator {
    return this.root.getByRole('textbox', { name: 'What the agent is told' })
  }

  async openFrom(button: string): Promise<void> {
    await this.page.getByRole('button', { name: button, exact: true }).click()
    await expect(this.known).toBeVisible()
  }

  async allowAll(): Promise<void> {
    await this.root.getByRole('switch', { name: /^Allow everything/ }).click()
  }

  async runHere(): Promise<void> {
    await this.press('Run it here')
  }

  async copyCommand(): Promise<void> {
    await this.press('Copy the command')
  }

  private async press(name: string): Promise<void> {
    await this.root.getByRole('button', { name }).click()
    await expect(this.root).toBeHidden({ timeout: 40_000 })
  }
}
