import { useState } from 'preact/hooks'

/** Puts text on the clipboard; where that is not allowed, shows it selected. */
export function CopyButton({ label, text }: { readonly label: string; readonly text: string | (() => string) }) {
  const [copied, setCopied] = useState<'no' | 'yes' | 'by hand'>('no')
  const wanted = () => (typeof text === 'string' ? text : text())
  const copy = async () => {
    try {
      await navigator.clipboard.writeText(wanted())
      setCopied('yes')
      setTimeout(() => setCopied('no'), 2000)
    } catch {
      setCopied('by hand')
    }
  }
  return (
    <>
      <button type="button" class="copy" onClick={() => void copy()}>
        {copied === 'yes' ? 'copied' : label}
      </button>
      {copied === 'by hand' ? (
        <textarea
          class="copy-text"
          readOnly
          rows={12}
          aria-label={label}
          value={wanted()}
          ref={area => {
            area?.select()
          }}
        />
      ) : null}
    </>
  )
}
