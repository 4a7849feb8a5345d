import { readText } from '@/components/conversation/tool-input'
import { cx } from '@/components/ui/cx'
import { OutputText } from './output-text'
import type { ToolViewProps } from './tool-view-props'

/** A patch as the agent wrote it, coloured by its signs. */
export function PatchTool({ message, input, result }: ToolViewProps) {
  const patch = readText(input, 'input', 'patch', 'patchText', 'diff') ?? message.toolInput ?? ''
  return (
    <div className="flex flex-col gap-2">
      <div
        tabIndex={0}
        role="region"
        aria-label="Patch"
        className="max-h-[60dvh] overflow-auto rounded-md border border-line font-mono text-xs leading-[18px]"
      >
        <div className="w-max min-w-full">
          {patch
            .split('\n')
            .slice(0, 1500)
            .map((line, index) => (
              <div
                key={index}
                className={cx(
                  'px-2.5 whitespace-pre',
                  line.startsWith('+') && 'bg-add-soft',
                  line.startsWith('-') && 'bg-del-soft',
                  line.startsWith('***') && 'bg-panel font-semibold',
                  line.startsWith('@@') && 'text-ink-3',
                )}
              >
                {line || ' '}
              </div>
            ))}
        </div>
      </div>
      {result && <OutputText id={message.id} text={result} isError={message.isError === true} />}
    </div>
  )
}
