import { readdirSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { describe, expect, test } from 'vitest'

const folder = fileURLToPath(new URL('.', import.meta.url))
const css = readFileSync(`${folder}style.css`, 'utf8')

/** The colours that a block of custom properties gives, by name. */
function coloursIn(block: string): Map<string, string> {
  return new Map([...block.matchAll(/--([\w-]+):\s*(#[0-9a-f]{3,6});/g)].map(([, name, value]) => [name, value]))
}

/** The blocks of the root, in order: light, dark, paper. */
const [light, dark, paper] = [...css.matchAll(/:root\s*\{([^}]*)\}/g)].map(([, block]) => coloursIn(block))
const THEMES = {
  light,
  dark: new Map([...light, ...dark]),
  paper: new Map([...light, ...paper]),
}

/** Relative luminance, as WCAG 2 defines it. */
function luminance(colour: string): number {
  const digits = colour.length === 4 ? [...colour.slice(1)].map(digit => digit + digit) : colour.match(/[0-9a-f]{2}/g)
  const [red, green, blue] = (digits ?? []).map(two => {
    const part = Number.parseInt(two, 16) / 255
    return part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4
  })
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue
}

function contrast(a: string, b: string): number {
  const [darker, lighter] = [luminance(a), luminance(b)].sort((x, y) => x - y)
  return (lighter + 0.05) / (darker + 0.05)
}

/** Text, and what it stands on. */
const GROUNDS = ['ground', 'raised']
const TONES = ['memory', 'device', 'held', 'passing', 'bad']
const TEXTS: readonly (readonly [text: string, on: readonly string[]])[] = [
  ['ink', [...GROUNDS, 'changed', 'bad-ground']],
  ['dim', [...GROUNDS, 'changed', 'bad-ground']],
  ['link', [...GROUNDS, 'bad-ground']],
  ['good', ['ground']],
  ['open', ['ground']],
  ...TONES.map(tone => [tone, [...GROUNDS, 'changed']] as const),
  ...[0, 1, 2, 3, 4, 5].map(lane => [`lane-${lane}`, GROUNDS] as const),
  // A violated cell of the matrix.
  ['ground', ['bad']],
]
/** What is no text, but tells something: where the focus is, and what changed. */
const SIGNS: readonly (readonly [sign: string, on: readonly string[]])[] = [
  ['link', GROUNDS],
  ['changed-rule', [...GROUNDS, 'changed']],
  ...TONES.map(tone => [tone, GROUNDS] as const),
]

function tooPale(theme: ReadonlyMap<string, string>, pairs: typeof TEXTS, least: number): string[] {
  return pairs.flatMap(([front, grounds]) =>
    grounds.flatMap(ground => {
      const ratio = contrast(theme.get(front) ?? '', theme.get(ground) ?? '')
      return ratio >= least ? [] : [`${front} on ${ground}: ${ratio.toFixed(2)}`]
    }),
  )
}

describe('the colours of pages', () => {
  test('the measure is that of WCAG', () => {
    expect(contrast('#fff', '#000000')).toBeCloseTo(21)
    expect(contrast('#767676', '#ffffff')).toBeCloseTo(4.54, 2)
  })

  test.each(Object.entries(THEMES))('%s: texts have 4.5 to 1 at least, signs 3 to 1', (_, theme) => {
    expect(theme.size).toBe(light.size)
    expect(tooPale(theme, TEXTS, 4.5)).toEqual([])
    expect(tooPale(theme, SIGNS, 3)).toEqual([])
  })

  test('every colour is one of these, and nothing makes them paler but where a button is off', () => {
    const explore = readFileSync(fileURLToPath(new URL('../explorer/page/explore.css', import.meta.url)), 'utf8')
    const rest = [css.replace(/:root\s*\{[^}]*\}/g, ''), explore].join('')
    expect(rest.match(/#[0-9a-f]{3,8}\b|\brgba?\(|\bhsla?\(/g)).toBeNull()
    expect([...rest.matchAll(/([^{}]*)\{[^{}]*opacity:/g)].map(([, selector]) => selector.trim())).toEqual([
      'button:disabled',
    ])
    const used = new Set([...TEXTS, ...SIGNS].flatMap(([front, grounds]) => [front, ...grounds]))
    expect([...light.keys()].filter(name => !used.has(name))).toEqual(['rule'])
  })

  test('nothing moves by itself, so that nobody has to ask for less motion', () => {
    const files = [
      'style.css',
      '../explorer/page/explore.css',
      ...readdirSync(folder).filter(name => /tsx?$/.test(name)),
    ]
    const moving = files.filter(
      name =>
        !name.endsWith('.test.ts') &&
        /\b(transition|animation)\b\s*:|@keyframes|behavior:\s*'?smooth/.test(readFileSync(`${folder}${name}`, 'utf8')),
    )
    expect(moving).toEqual([])
  })
})
