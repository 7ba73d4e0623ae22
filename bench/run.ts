import { cpus, totalmem } from 'node:os'
import { parseArgs } from 'node:util'
import Table from 'cli-table3'
import { demandAgreement, measure, type Rounds } from './engines.js'
import { type Figure, memory, ratio, reaches, waits, workers } from './figures.js'
import type { InstanceName } from './instances.js'
import { spinVersion } from './spin.js'

// How fast foliocheck is, beside SPIN on the same models. Run it on an idle machine:
//   npm run bench -- [--quick] [--repeats <n>] [--json]

const { values: options } = parseArgs({
  options: {
    quick: { type: 'boolean', default: false },
    json: { type: 'boolean', default: false },
    repeats: { type: 'string', default: '3' },
  },
})
const repeats = Number(options.repeats)
if (!Number.isInteger(repeats) || repeats < 1) throw new Error(`--repeats ${options.repeats}: give a number from 1`)

const spin = spinVersion()
const machine = [
  `${cpus().length} cores, ${Math.round(totalmem() / 2 ** 30)} GiB, ${process.arch}, Node ${process.version}`,
  spin ?? 'SPIN: spin or gcc is not installed, so there is nothing to compare with',
]

function measured(name: InstanceName): Rounds {
  const rounds = measure(name, repeats, spin !== undefined, line => process.stderr.write(`${line}\n`))
  demandAgreement(name, rounds)
  return rounds
}

function figures(): Figure[] {
  const life = measured(options.quick ? 'life-cycle-small' : 'life-cycle')
  const commit = measured(options.quick ? 'two-phase-7' : 'two-phase-8')
  return [
    ratio('life cycle, exact ÷ SPIN', life, 'exact', 1, 2.5),
    ratio('life cycle, fingerprints ÷ SPIN', life, 'fingerprints', 2, 4),
    ratio('two-phase commit, exact ÷ SPIN', commit, 'exact', 1, 2),
    memory(life),
    workers(life),
    ...waits(repeats),
  ]
}

function show(rows: readonly Figure[]): string {
  const table = new Table({
    head: ['figure', 'value', 'floor', 'aim', '', 'measured'],
    style: { head: [], border: [] },
  })
  for (const figure of rows) {
    const { name, value, unit, floor, aim, note } = figure
    const verdict =
      value === undefined ? 'not measured' : reaches(figure, aim) ? 'aim' : reaches(figure, floor) ? 'floor' : 'missed'
    table.push([name, value === undefined ? '–' : `${value.toFixed(2)} ${unit}`, floor, aim, verdict, note])
  }
  return `${machine.join('\n')}\n${table.toString()}\n`
}

try {
  const rows = figures()
  process.stdout.write(options.json ? `${JSON.stringify({ machine, figures: rows }, undefined, 2)}\n` : show(rows))
} catch (error) {
  process.stderr.write(`bench: ${error instanceof Error ? error.message : String(error)}\n`)
  process.exitCode = 1
}
