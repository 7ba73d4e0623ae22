import { expect, test } from 'vitest'
import { ModelError } from '../errors.js'
import { alias, array, bool, int, oneOf, record } from './schema.js'

test.each([
  [() => int(3, 2), 'int(3, 2): is not a range of integers; give two integers, the smaller first'],
  [() => int(0, 1.5), 'int(0, 1.5): is not a range of integers'],
  [() => int(0, 2 ** 31), 'int(0, 2147483648): is not a range of integers'],
  [() => int(Number.NaN, 1), 'int(NaN, 1): is not a range of integers'],
  [() => oneOf(), 'oneOf(): needs at least one name, each once'],
  [() => oneOf('a', 'b', 'a'), 'oneOf(a, b, a): needs at least one name, each once; remove the repetition'],
  [() => array(0, record({ n: bool() })), 'array(0): needs a length of at least 1; give a positive integer'],
  [() => array(1.5, record({ n: bool() })), 'array(1.5): needs a length of at least 1'],
  [() => record({ n: int(0, 1) }, { n: alias('n') }), 'view n: has the name of a field; rename one of them'],
  [() => record({ 'a-b': bool() }), 'field a-b: is no usable name'],
  [() => record({ '2': bool() }), 'field 2: is no usable name'],
  [() => record({ constructor: bool() }), 'field constructor: is no usable name'],
  [() => record({ n: int(0, 1) }, { toString: alias('n') }), 'field toString: is no usable name'],
])('a wrong declaration is refused: case %#', (declare, message) => {
  expect(declare).toThrow(ModelError)
  expect(declare).toThrow(message)
})

test('names of kernel fields are usable', () => {
  expect(Object.keys(record({ _nr_pages: int(0, 4), class: bool(), __folio: bool() }).fields)).toEqual([
    '_nr_pages',
    'class',
    '__folio',
  ])
})
