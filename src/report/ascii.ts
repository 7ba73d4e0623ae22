import { printable } from './wrap.js'

/** What stands for signs that mail clients, or fonts at the other end, may not show. */
const SIGNS: Readonly<Record<string, string>> = {
  '→': '->',
  '←': '<-',
  '↔': '<->',
  '×': 'x',
  '✗': 'x',
  '✓': 'ok',
  '·': '.',
  '…': '...',
  '›': '>',
  '≤': '<=',
  '≥': '>=',
  '≠': '!=',
  '−': '-',
  '–': '-',
  '—': '--',
  '─': '-',
  '│': '|',
  '┌': '+',
  '└': '+',
  '‘': "'",
  '’': "'",
  '“': '"',
  '”': '"',
  '\u00a0': ' ',
}

/** The text in ASCII: signs by what stands for them, letters without their accents, everything else as `?`. */
export function toAscii(text: string): string {
  return text
    .replace(/[^\0-\x7f]/gu, sign => SIGNS[sign] ?? sign)
    .normalize('NFD')
    .replace(/\p{M}/gu, '')
    .replace(/[^\0-\x7f]/gu, '?')
}

/** What makes text from anywhere safe for one line: of any signs, or of ASCII alone. */
export function cleaner(ascii: boolean): (text: string) => string {
  return ascii ? text => toAscii(printable(text)) : printable
}
