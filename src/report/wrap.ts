/** Control characters and changes of direction, with which a file from elsewhere could write to the terminal. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
const CONTROL = /[\u0000-\u001f\u007f-\u009f\u200e\u200f\u2028-\u202e\u2066-\u2069]/g

/** Text that is safe to print as a part of one line. */
export function printable(text: string): string {
  return text.replace(/[\t\n\r]+/g, ' ').replace(CONTROL, '\ufffd')
}

/** Breaks text into lines of at most `width` characters: at blanks, and inside words after punctuation where it must. */
export function wrap(text: string, width: number): string[] {
  const indent = text.length - text.trimStart().length
  const lines: string[] = []
  let line = text.slice(0, indent)
  for (const word of text.trimStart().split(/(?<= )/)) {
    let rest = word
    if (line.trim() !== '' && line.length + rest.trimEnd().length > width) {
      lines.push(line.trimEnd())
      line = ''
    }
    while (line.length + rest.trimEnd().length > width) {
      const cut = wholeSign(rest, breakIn(rest, width - line.length))
      lines.push(line + rest.slice(0, cut))
      rest = rest.slice(cut)
      line = ''
    }
    line += rest
  }
  if (line.trim() !== '' || lines.length === 0) lines.push(line.trimEnd())
  return lines
}

/** Where to break a word that is too long: after the last punctuation that fits, else at the limit. */
function breakIn(word: string, limit: number): number {
  const at = Math.max(
    ...['->', '(', ',', '_', '.', '/', '→'].map(sign => word.lastIndexOf(sign, limit - sign.length) + sign.length),
  )
  return at > limit / 3 && at <= limit ? at : Math.max(1, limit)
}

/** A place near `cut` that is not inside of a sign of two code units. */
function wholeSign(word: string, cut: number): number {
  if ((word.codePointAt(cut - 1) ?? 0) <= 0xffff) return cut
  return cut > 1 ? cut - 1 : cut + 1
}

/** Breaks the path of a file behind its folders, and inside a name where it must. */
export function wrapPath(path: string, width: number): string[] {
  const lines: string[] = []
  for (const part of path.split(/(?<=\/)/)) {
    const last = lines.at(-1)
    if (last !== undefined && last.length + part.length <= width) lines[lines.length - 1] = last + part
    else lines.push(...wrap(part, width))
  }
  return lines
}

/** A paragraph with its first line after `head`, later ones indented as far. */
export function paragraph(head: string, text: string, width: number): string[] {
  return wrap(text, width - head.length).map((line, i) => (i === 0 ? head : ' '.repeat(head.length)) + line)
}

/** A command over several lines where it must be, so that a shell still takes it for one. */
export function command(head: string, text: string, width: number): string[] {
  if (head.length + text.length <= width) return [head + text]
  const lines = paragraph(head, text, width - 2)
  return lines.map((line, i) => (i < lines.length - 1 ? `${line} \\` : line))
}
