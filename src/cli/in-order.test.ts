import fc from 'fast-check'
import { expect, test } from 'vitest'
import { InOrder } from './in-order.js'

test('whatever order things come in, each is told as soon as all before it are there', () => {
  const orders = fc.nat(8).chain(n => fc.shuffledSubarray([...Array(n).keys()], { minLength: n }))
  fc.assert(
    fc.property(orders, order => {
      const told: number[] = []
      const inOrder = new InOrder<number>(thing => told.push(thing))
      const there = new Set<number>()
      for (const number of order) {
        inOrder.add(number, number)
        there.add(number)
        let complete = 0
        while (there.has(complete)) complete++
        expect(told).toEqual([...Array(complete).keys()])
      }
    }),
  )
})
