// How a shared conversation looks, on a screen in both themes, on a phone and on paper. It is the whole of its style.
import { createHash } from 'node:crypto'

export const STYLE = `
:root { color-scheme: light dark; --ink: #16181d; --soft: #59606b; --line: #dfe1e6; --panel: #f6f7f9; --page: #fff; --accent: #3f4fd8; --bad: #b3261e }
@media (prefers-color-scheme: dark) { :root { --ink: #e8e9ed; --soft: #a3a9b5; --line: #2c2f36; --panel: #1a1c21; --page: #101114; --accent: #9aa5ff; --bad: #f2938c } }
* { box-sizing: border-box }
body { margin: 0; background: var(--page); color: var(--ink); font: 15px/1.55 system-ui, sans-serif }
main { max-width: 50rem; margin: 0 auto; padding: 2rem 1rem 4rem }
h1, p, li, td, th, blockquote, article, pre, summary { unicode-bidi: plaintext }
code, b, .sign { unicode-bidi: isolate }
h1 { font-size: 1.5rem; line-height: 1.3; margin: 0 0 .25rem; overflow-wrap: anywhere }
.about, .when, footer { color: var(--soft); font-size: .8rem }
.note { border-left: 3px solid var(--line); padding-left: .75rem; white-space: pre-wrap; overflow-wrap: anywhere }
img { max-width: 100%; border-radius: 6px }
article { margin: 1.1rem 0; overflow-wrap: anywhere }
article.user { border-left: 3px solid var(--accent); background: var(--panel); border-radius: 0 6px 6px 0; padding: .6rem .9rem }
article.user p { white-space: pre-wrap; margin: 0 }
article.system, article.thinking { color: var(--soft); font-size: .875rem }
article h1, article h2, article h3 { font-size: 1.05rem; margin: 1rem 0 .4rem }
pre { background: var(--panel); border: 1px solid var(--line); border-radius: 6px; padding: .6rem .75rem; overflow-x: auto; white-space: pre-wrap; overflow-wrap: anywhere; font: 12.5px/1.5 ui-monospace, monospace; margin: .4rem 0; max-height: 34rem }
code { font-family: ui-monospace, monospace; font-size: .9em }
details { border: 1px solid var(--line); border-radius: 6px; padding: .35rem .75rem; margin: .5rem 0; font-size: .875rem }
summary { cursor: pointer; overflow-wrap: anywhere }
summary b { font-weight: 600 }
.failed summary b { color: var(--bad) }
table { border-collapse: collapse; display: block; overflow-x: auto } td, th { border: 1px solid var(--line); padding: .25rem .5rem; text-align: left }
a { color: var(--accent) }
nav { display: flex; gap: 1rem; justify-content: space-between; border-top: 1px solid var(--line); padding-top: 1rem; margin-top: 2rem }
.sign { background: var(--line); border-radius: 3px; padding: 0 .25em; font: 11px ui-monospace, monospace }
form { max-width: 22rem; margin: 2rem 0 } label { display: block; margin-bottom: .3rem }
input, button { font: inherit; padding: .45rem .6rem; border-radius: 6px; border: 1px solid var(--line); background: var(--page); color: inherit; width: 100% }
button { margin-top: .6rem; background: var(--accent); color: var(--page); border-color: var(--accent); cursor: pointer }
[role=alert] { color: var(--bad) }
@media print { :root { color-scheme: light } body { font-size: 11pt; background: #fff; color: #000 } nav, form { display: none } article, details { break-inside: avoid-page } pre { max-height: none } details:not([open]) > :not(summary) { display: block } }
`

/** For the content security policy: no other style counts. */
export const STYLE_HASH = createHash('sha256').update(STYLE).digest('base64')
