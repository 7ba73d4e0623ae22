import { expect, test } from 'vitest'
import { didYouMean, nearest } from './suggest.js'

const names = ['free_zone_device_folio', 'folio_put', 'folio_get', 'memunmap_pages']

test.each([
  ['folio_putt', 'folio_put'],
  ['FOLIO_GET', 'folio_get'],
  ['free_zone_folio', 'free_zone_device_folio'],
  ['xyz', undefined],
  ['completely_different_thing', undefined],
])('near to %s is %s', (name, near) => {
  expect(nearest(name, names)).toBe(near)
})

test('where nothing is near, the other way out is proposed', () => {
  expect(didYouMean('folio_putt', names, 'see the list')).toBe("did you mean 'folio_put'?")
  expect(didYouMean('xyz', names, 'see the list')).toBe('see the list')
  expect(didYouMean('x', [], 'see the list')).toBe('see the list')
})
