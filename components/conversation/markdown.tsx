import { memo } from 'react'
import ReactMarkdown, { type Components } from 'react-markdown'
import remarkGfm from 'remark-gfm'
import { showTree } from './show-tree'

// No raw HTML is let through, and nothing is loaded from elsewhere: a transcript may hold anything.
const COMPONENTS: Components = {
  img: ({ alt, src }) => (
    <span className="text-ink-3">
      [image{alt ? `: ${alt}` : ''}
      {typeof src === 'string' && src !== '' ? ` (${src.slice(0, 120)})` : ''}]
    </span>
  ),
  a: ({ href, children }) => (
    <a href={href} target="_blank" rel="noreferrer noopener nofollow">
      {children}
    </a>
  ),
  pre: ({ children }) => <pre tabIndex={0}>{children}</pre>,
}
const PLUGINS = [remarkGfm]
const MARKS = /[*_`#[\]|>~]|^\s*(?:[-+]|\d+[.)])\s|https?:|www\.|^\s{4}|^={3,}|^-{3,}/m

// Parsing costs milliseconds and rows come and go as one scrolls, so what was drawn is kept for a while.
const kept = new Map<string, ReturnType<typeof ReactMarkdown>>()
const KEEP = 600

function render(text: string) {
  const known = kept.get(text)
  if (known) return known
  const made = ReactMarkdown({
    children: text,
    components: COMPONENTS,
    remarkPlugins: PLUGINS,
    rehypePlugins: [showTree],
  })
  kept.set(text, made)
  if (kept.size > KEEP) kept.delete(kept.keys().next().value ?? '')
  return made
}

/** Parses texts while the page has nothing else to do, so that scrolling to them costs little. */
export function warmMarkdown(texts: readonly string[]): void {
  const waiting = texts.filter((text) => MARKS.test(text) && !kept.has(text))
  const work = (deadline: IdleDeadline) => {
    while (waiting.length > 0 && deadline.timeRemaining() > 6) render(waiting.pop() ?? '')
    if (waiting.length > 0) requestIdleCallback(work)
  }
  // Safari has no idle callback; there texts are parsed when they come in sight.
  if (waiting.length > 0 && typeof requestIdleCallback === 'function') requestIdleCallback(work)
}

/** An agent's text with its formatting. */
export const Markdown = memo(function Markdown({ text }: { text: string }) {
  if (!MARKS.test(text)) {
    return (
      <div className="prose-agent">
        {text.split(/\n{2,}/).map((paragraph, index) => (
          <p key={index} className="whitespace-pre-wrap">
            {paragraph}
          </p>
        ))}
      </div>
    )
  }
  return <div className="prose-agent">{render(text)}</div>
})
