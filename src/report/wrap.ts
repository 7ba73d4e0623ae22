/** Control characters, which a file from elsewhere could use to write to the terminal. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
const CONTROL = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f]/g

/** Text that is safe to print: no control characters. */
export function printable(text: string): string {
  return text.replace(CONTROL, '\ufffd')
}

/** Breaks text into lines of at most `width` characters, at blanks where it can. */
export function wrap(text: string, width: number): string[] {
  const lines: string[] = []
  let line = ''
  for (const word of text.split(/(?<= )/)) {
    let rest = word
    if (line.length + rest.trimEnd().length > width && line !== '') {
      lines.push(line.trimEnd())
      line = ''
    }
    while (rest.trimEnd().length > width) {
      lines.push(rest.slice(0, width))
      rest = rest.slice(width)
    }
    line += rest
  }
  if (line.trimEnd() !== '' || lines.length === 0) lines.push(line.trimEnd())
  return lines
}

/** A paragraph with its first line after `head`, later ones indented as far. */
export function paragraph(head: string, text: string, width: number): string[] {
  return wrap(text, width - head.length).map((line, i) => (i === 0 ? head : ' '.repeat(head.length)) + line)
}
