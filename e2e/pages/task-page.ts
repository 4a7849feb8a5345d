import { expect, type Locator, type Page } from '@playwright/test'

/** The conversation of a task, by what a person sees of it. */
export class TaskPage {
  constructor(private readonly page: Page) {}

  get messages(): Locator {
    return this.page.getByRole('feed', { name: 'Conversation' }).getByRole('article')
  }

  async open(taskId: string, search = ''): Promise<void> {
    await this.page.goto(`/tasks/${taskId}${search}`)
    await expect(this.messages.first()).toBeVisible()
  }

  prompt(text: string): Locator {
    return this.messages.filter({ hasText: text }).first()
  }

  /** Chooses an entry of the menu of a checkpoint in the rail. */
  async onCheckpoint(number: number, action: string): Promise<void> {
    await this.page.getByRole('button', { name: `Actions for checkpoint ${number}` }).click()
    await this.page.getByRole('menuitem', { name: action }).click()
  }

  /** Chooses an entry of the menu of the message with this text. */
  async onMessage(text: string, action: string): Promise<void> {
    const message = this.prompt(text)
    await message.hover()
    await message.getByRole('button', { name: /Actions for message/ }).click()
    await this.page.getByRole('menuitem', { name: action }).click()
  }
}
