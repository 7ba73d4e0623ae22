import fc from 'fast-check'
import { compile, ModelError, PackedSystem } from 'foliocheck'
import { expect, test } from 'vitest'
import { plan } from '../../test/differential/arbitraries.js'
import { build } from '../../test/differential/build.js'

/** States of one model that are expanded both ways, at most. */
const MOST = 60

/** Everything that an expansion of `vector` hands on, and what it leaves behind. */
function expansion(
  system: PackedSystem,
  vector: Int32Array,
  paired: boolean,
): { events: unknown[]; successors: Int32Array[] } {
  const events: unknown[] = []
  const successors: Int32Array[] = []
  const words = new Int32Array(3 * system.words)
  system.vector.set(vector)
  try {
    const enabled = system.expand({
      words,
      ...(paired && { pairs: new BigInt64Array(words.buffer) }),
      slot: 2,
      push(ordinal) {
        const successor = words.slice(2 * system.words)
        successors.push(successor)
        events.push(['push', ordinal, successor.join()])
      },
      found: (ordinal, findings) =>
        events.push(['found', ordinal, findings.map(({ message, fatal }) => [message, fatal])]),
      cut: (ordinal, bound) => events.push(['cut', ordinal, bound]),
      broke: (ordinal, error) => events.push(['broke', ordinal, error.message]),
    })
    events.push(['enabled', enabled])
  } catch (thrown) {
    events.push(['threw', String(thrown)])
  }
  events.push(system.vector.join())
  return { events, successors }
}

test('code made for steps does what the interpreter does, on random models', () => {
  fc.assert(
    fc.property(plan, random => {
      const { kernel, scenario } = build(random, () => undefined)
      const program = compile(kernel, scenario)
      const [made, interpreted] = bothWays(program)
      if (!made || !interpreted) return
      const queue: Int32Array[] = []
      for (let i = 0; i < made.initialCount; i++) {
        made.loadInitial(i)
        queue.push(made.vector.slice())
      }
      for (let i = 0; i < queue.length && i < MOST; i++) {
        const expected = expansion(interpreted, queue[i], false)
        expect(expansion(made, queue[i], i % 2 === 0).events).toEqual(expected.events)
        queue.push(...expected.successors)
      }
      expect(made.coverage).toEqual(interpreted.coverage)
    }),
    { numRuns: 600 },
  )
})

function bothWays(program: ReturnType<typeof compile>): [PackedSystem?, PackedSystem?] {
  try {
    return [new PackedSystem(program, { warmUp: 0 }), new PackedSystem(program, { warmUp: Number.POSITIVE_INFINITY })]
  } catch (thrown) {
    if (thrown instanceof ModelError) return []
    throw thrown
  }
}
