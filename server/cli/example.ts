/** What stands below the help of a verb. */
export const example = (line: string) => `\nExample:\n  ${line}`
