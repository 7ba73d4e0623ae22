import { describe, expect, test } from 'vitest'
import { sharedStates } from '../../test/models.js'
import { ModelError } from '../errors.js'
import { int, record } from '../state/schema.js'
import { type Kernel, kernel } from './kernel.js'
import { labelOf, type Node, walk } from './node.js'
import { machine } from './operation.js'
import { applyPatch, insertAfter, insertBefore, nth, on, patch, put, remove, replace } from './patch.js'
import { compile } from './program.js'
import { does, scenario, thread } from './scenario.js'

const m = machine('steps', record({ n: int(0, 9) }))
const nothing = () => undefined

const body = m.operation('body', { source: 'mm/body.c', locals: { i: int(0, 3) } }, w => [
  w.step('first', nothing),
  w.when(() => true, [w.step('in yes', nothing)], [w.step('in no', nothing)]),
  w.loop(() => false, [w.step('in loop', nothing)]),
  w.test('asks', () => true, [w.step('twice', nothing)], [w.step('twice', nothing)]),
  w.atomic('at once', [w.waitUntil('waits', () => true), w.atomic('deeper', [w.step('in atomic', nothing)])]),
  w.choose('picks', [1, 2], nothing),
  w.label('again'),
  w.call('calls', { name: 'other', params: {} }, {}),
])
const other = m.operation('other', { source: 'mm/other.c' }, w => [w.step('twice', nothing)])
const base = kernel('v1', { date: '2026-01', about: '' }, [body, other])
const info = { subject: 'for a test', date: '2026-01-01', status: 'posted' }
const { step, local } = m.words(body)
const fresh = step('new', nothing)

/** The labels of the patched operation, in the order of the text. */
function labelsAfter(...hunks: Parameters<typeof on>[1][]): string[] {
  return labels(applyPatch(base, patch('p', info, on(body, ...hunks))), 'body')
}

function labels(of: Kernel, operation: string): string[] {
  return [...walk(of.operations.get(operation)?.body ?? [])].flatMap(node => labelOf(node) ?? [])
}

const ALL = 'first,in yes,in no,in loop,asks,twice,twice,at once,waits,deeper,in atomic,picks,again,calls'.split(',')

describe('hunks', () => {
  const unique = ALL.filter(label => label !== 'twice')

  test.each(unique)("one step can be replaced, wherever it is: '%s'", label => {
    const after = labelsAfter(replace(label, fresh))
    expect(after.filter(name => !ALL.includes(name))).toEqual(['new'])
    expect(after).not.toContain(label)
  })

  test.each(unique)("… removed: '%s'", label => {
    expect(labelsAfter(remove(label))).not.toContain(label)
  })

  test.each(unique)("… have something inserted before and after it: '%s'", label => {
    const before = labelsAfter(insertBefore(label, fresh))
    expect(before[before.indexOf(label) - 1]).toBe('new')
    expect(before.filter(name => name !== 'new')).toEqual(ALL)
    const after = labelsAfter(insertAfter(label, fresh))
    expect(after.indexOf('new')).toBeGreaterThan(after.indexOf(label))
    expect(after.filter(name => name !== 'new')).toEqual(ALL)
  })

  test('several hunks apply one after the other, each to what the one before left', () => {
    expect(labelsAfter(replace('first', fresh), insertAfter('new', step('newer', nothing))).slice(0, 2)).toEqual([
      'new',
      'newer',
    ])
  })

  test('a removed branch takes what is in it along', () => {
    expect(labelsAfter(remove('asks'), remove('at once'))).toEqual(
      'first,in yes,in no,in loop,picks,again,calls'.split(','),
    )
  })

  test('nodes without a label can be put in', () => {
    const patched = applyPatch(base, patch('p', info, on('body', insertBefore('first', local(nothing)))))
    expect(patched.operations.get('body')?.body[0].kind).toBe('local')
  })

  test('of several steps with one label, nth says which', () => {
    const nodes = (hunk: Parameters<typeof nth>[1], index: number): Node[] => {
      const patched = applyPatch(base, patch('p', info, on(body, nth(index, hunk))))
      return [...walk(patched.operations.get('body')?.body ?? [])].filter(node => node.kind === 'test')
    }
    expect(nodes(remove('twice'), 1)).toMatchObject([{ yes: [], no: [{ label: 'twice' }] }])
    expect(nodes(remove('twice'), 2)).toMatchObject([{ yes: [{ label: 'twice' }], no: [] }])
    expect(nodes(replace('twice', step('twice', nothing), fresh), 1)).toMatchObject([
      { yes: [{ label: 'twice' }, { label: 'new' }], no: [{ label: 'twice' }] },
    ])
  })
})

describe('a hunk that does not apply', () => {
  test.each([
    ['an unknown label', on(body, remove('frist')), "there is no step 'frist'; did you mean 'first'?"],
    [
      'a label like no other',
      on(other, remove('folio_put_testzero(folio)')),
      "there is no step 'folio_put_testzero(folio)'; its steps are: 'twice'",
    ],
    ['an ambiguous label', on(body, remove('twice')), "is ambiguous: 2 steps are 'twice'; say which with nth(1, …)"],
    ['a number too high', on(body, nth(3, remove('twice'))), "there is no number 3 of 'twice'; count from 1 to 2"],
    ['a number too low', on(body, nth(0, remove('twice'))), "there is no number 0 of 'twice'; count from 1 to 2"],
    ['half a number', on(body, nth(1.5, remove('first'))), "there is no number 1.5 of 'first'; count from 1 to 1"],
    ['a label that a hunk before removed', on(body, remove('first'), remove('first')), "there is no step 'first'"],
  ])('%s', (_, edit, message) => {
    const apply = () => applyPatch(base, patch('series', info, edit))
    expect(apply).toThrow(ModelError)
    expect(apply).toThrow(message)
    expect(apply).toThrow(/^hunk of patch series on (body|other) \(v1\): /)
  })

  test('an unknown operation', () => {
    expect(() => applyPatch(base, patch('series', info, on('bdy', remove('first'))))).toThrow(
      "patch series: does not apply to v1: there is no operation 'bdy'; did you mean 'body'?",
    )
    expect(() => applyPatch(base, patch('series', info, on('free_zone_device_folio', remove('first'))))).toThrow(
      "there is no operation 'free_zone_device_folio'; see `foliocheck list`",
    )
  })
})

describe('a patched kernel', () => {
  test('knows its patches in order, and leaves the kernel it was made from alone', () => {
    const one = applyPatch(base, patch('one', info, on(body, remove('first'))))
    const two = applyPatch(one, patch('two', info, on(other, remove('twice'))))
    expect([base.patches, one.patches, two.patches]).toEqual([[], ['one'], ['one', 'two']])
    expect(labels(base, 'body')).toEqual(ALL)
    expect(labels(two, 'body')).toEqual(ALL.slice(1))
    expect(labels(two, 'other')).toEqual([])
  })

  test('has new operations, and others whole', () => {
    const added = m.operation('added', { source: 'mm/new.c' }, w => [w.step('new', nothing)])
    const replaced = m.operation('other', { source: 'mm/new.c' }, w => [w.step('newer', nothing)])
    const patched = applyPatch(base, patch('p', info, put(added), put(replaced), on(added, insertAfter('new', fresh))))
    expect([labels(patched, 'added'), labels(patched, 'other')]).toEqual([['new', 'new'], ['newer']])
  })

  test('runs: the patch reaches the operation, its new locals, and those that call it', () => {
    const inner = m.operation('inner', { source: 'mm/a.c' }, w => [
      w.step('n = 1', s => {
        s.n = 1
      }),
    ])
    const outer = m.operation('outer', { source: 'mm/b.c' }, w => [w.call('inner()', inner, {})])
    const before = kernel('v1', { date: '2026-01', about: '' }, [inner, outer])
    const { step: twoStep } = m.words(inner, { k: int(0, 5) })
    const fix = patch(
      'fix',
      info,
      on(
        inner,
        { locals: { k: int(0, 5) } },
        replace(
          'n = 1',
          twoStep('k = 5', (_, t) => {
            t.k = 5
          }),
          twoStep('n = k', (s, t) => {
            s.n = t.k
          }),
        ),
      ),
    )
    const calls = scenario('calls', m, { about: '', threads: [thread('t', does(outer, {}))] })
    expect(sharedStates(compile(before, calls))).toEqual([{ n: 0 }, { n: 1 }])
    expect(sharedStates(compile(applyPatch(before, fix), calls))).toEqual([{ n: 0 }, { n: 5 }])
  })
})
