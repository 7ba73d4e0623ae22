import { expect, test } from 'vitest'
import { applyPatch, int, kernel, machine, on, patch, record, replace } from '../index.js'

test('a patch is written with the locals of the operation it changes, and those it adds', () => {
  const m = machine('counter', record({ n: int(0, 9) }))
  const add = m.operation('add', { source: 'test', params: { by: int(0, 3) }, locals: { old: int(0, 9) } }, w => [
    w.step('old = n', (s, t) => {
      t.old = s.n
    }),
    w.step('n = old + by', (s, t) => {
      s.n = t.old + t.by
    }),
  ])
  const more = { twice: int(0, 18) }
  const { step } = m.words(add, more)
  const doubled = patch(
    'doubled',
    { subject: '', date: '', status: '' },
    on(
      add,
      { locals: more },
      replace(
        'n = old + by',
        step('n = old + 2 by', (s, t) => {
          t.twice = 2 * t.by
          s.n = t.old + t.twice
        }),
      ),
    ),
  )
  const patched = applyPatch(kernel('k', { date: '', about: '' }, [add]), doubled)
  expect(Object.keys(patched.operations.get('add')?.frame.fields ?? {})).toEqual(['by', 'old', 'twice'])
})
