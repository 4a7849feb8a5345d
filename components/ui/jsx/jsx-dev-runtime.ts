// The same as jsx-runtime.ts while developing, when React also wants to know where an element was written.
import { Fragment, jsxDEV as make } from 'react/jsx-dev-runtime'
import { showProps } from './show-props'

export type { JSX } from 'react/jsx-dev-runtime'
export { Fragment }

export const jsxDEV: typeof make = (type, props, key, isStatic, source, self) =>
  make(type, showProps(type, props as Record<string, unknown>), key, isStatic, source, self)
