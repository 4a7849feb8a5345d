// What every element of our pages is made with (`jsxImportSource` in tsconfig.json): React's own, by way of `showProps`.
// Here, and not in each component, as one that was forgotten would show a turned name as if it were another.
import { Fragment, jsx as make, jsxs as makeMany } from 'react/jsx-runtime'
import { showProps } from './show-props'

export type { JSX } from 'react/jsx-runtime'
export { Fragment }

export const jsx: typeof make = (type, props, key) => make(type, showProps(type, props as Record<string, unknown>), key)

export const jsxs: typeof makeMany = (type, props, key) =>
  makeMany(type, showProps(type, props as Record<string, unknown>), key)
