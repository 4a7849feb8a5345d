/** The colours of code, one set per theme of the system. */
export const DIFF_THEME = { light: 'pierre-light', dark: 'pierre-dark' } as const
