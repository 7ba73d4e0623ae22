import type { Run } from '../explore/result.js'
import { builtInModel } from '../project/built-in.js'
import { isFile } from '../project/load.js'
import { traceOf } from '../trace/trace.js'
import { brokenAt } from './broken.js'
import type { Subject } from './subject.js'

/**
 * The text of a test in TypeScript, for vitest, that takes the steps of a run, each by thread and label, and expects the
 * same properties to be violated at its end as now, or none. Files of models and patches are named as on the command
 * line: the test belongs into the folder where that was given. @throws Diverged when the run is not possible.
 */
export function testText(subject: Subject, run: Run): string {
  const { choice, kernel, program, project } = subject
  const { scenario } = program
  const { trace, replayed } = traceOf(program, run)
  const broken = brokenAt(program, project.properties, replayed).filter(({ error }) => error === '')
  const names = broken.map(({ property }) => property.name)
  const files = choice.patches.filter(isFile)
  const patches = choice.patches.map(name =>
    isFile(name) ? `patch${files.indexOf(name) + 1}` : `named('patch', project.patches, ${literal(name)})`,
  )
  const words = [...(patches.length > 0 ? ['applyPatch'] : []), 'compile', 'named', 'traceOf', 'violates']
  const { loop, others } = run
  const rest = [
    ...(loop === undefined ? [] : [`, loop: ${loop}`]),
    ...(others === undefined ? [] : [`, others: ${JSON.stringify(others)}`]),
  ].join('')
  const title = `${scenario.name} on ${[kernel.name, ...kernel.patches].join(' + ')}: ${names.join(', ') || 'no violation'}`
  const base = `named('kernel', project.kernels, ${literal(kernel.name)})`
  return [
    `import { ${words.join(', ')} } from 'foliocheck'`,
    `import project from ${literal(builtInModel(choice.model)?.specifier ?? pathOf(choice.model ?? ''))}`,
    "import { expect, test } from 'vitest'",
    ...files.map((file, i) => `import patch${i + 1} from ${literal(pathOf(file))}`),
    '',
    ...(patches.length === 0
      ? [`const kernel = ${base}`]
      : [
          // A file may hold one patch or a list of them.
          `const patches = [${patches.join(', ')}].flat()`,
          `const kernel = patches.reduce(applyPatch, ${base})`,
        ]),
    `const scenario = named('scenario', project.scenarios, ${literal(scenario.name)})`,
    `const program = compile(kernel, { ...scenario, storeOrder: ${literal(scenario.storeOrder)} })`,
    '',
    '/** The number, thread and label of each step. */',
    'const steps: [ordinal: number, thread: string, label: string][] = [',
    ...trace.steps.map((step, i) => `  [${run.ordinals[i]}, ${literal(step.thread)}, ${literal(step.label)}],`),
    ']',
    '',
    `const run = { initial: ${run.initial}, ordinals: steps.map(([ordinal]) => ordinal)${rest} }`,
    '',
    `test(${literal(title)}, () => {`,
    '  const { trace, replayed } = traceOf(program, run)',
    '  expect(trace.steps.map(step => [step.thread, step.label])).toEqual(steps.map(([, thread, label]) => [thread, label]))',
    "  const claims = project.properties.filter(property => property.kind !== 'reachable')",
    '  const violated = claims.filter(property => violates(program, replayed, property)).map(property => property.name)',
    `  expect(violated).toEqual([${names.map(literal).join(', ')}])`,
    '})',
    '',
  ].join('\n')
}

/** A path as an import has it. */
function pathOf(file: string): string {
  return /^(\.|\/|[a-z]:)/i.test(file) ? file : `./${file}`
}

/** A string as TypeScript writes it, with nothing in it that would end it, or that an editor would not show. */
function literal(text: string): string {
  const inside = JSON.stringify(text).slice(1, -1).replaceAll('\\"', '"').replaceAll("'", "\\'")
  return `'${inside.replace(/[^\x20-\x7e\u00a1-\u00ac\u00ae-\u02ff\u0370-\u03ff\u2190-\u22ff]/g, escaped)}'`
}

function escaped(sign: string): string {
  return `\\u${sign.charCodeAt(0).toString(16).padStart(4, '0')}`
}
