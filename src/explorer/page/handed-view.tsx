import { useEffect, useState } from 'preact/hooks'
import type { HandedOut } from '../hand-out.js'

/** The run as text: on the clipboard where that is allowed, and to be selected in any case. */
export function HandedView({ handed }: { readonly handed: HandedOut }) {
  const [copied, setCopied] = useState(false)
  useEffect(() => {
    setCopied(false)
    navigator.clipboard?.writeText(handed.text).then(
      () => setCopied(true),
      () => undefined,
    )
  }, [handed])
  return (
    <div class="handed">
      <p role="status">
        {handed.about === undefined ? null : `${handed.about}. `}
        {copied ? 'Copied.' : 'Select and copy.'} A name for its file: <code>{handed.file}</code>
      </p>
      <textarea
        class="copy-text"
        readOnly
        rows={10}
        aria-label={handed.file}
        value={handed.text}
        onFocus={event => (event.target as HTMLTextAreaElement).select()}
      />
    </div>
  )
}
