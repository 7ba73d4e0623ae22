import { PackedSystem } from '../program/packed-system.js'
import type { Program } from '../program/program.js'
import type { Property } from '../property/property.js'
import { choiceOf, threadOf } from '../system/system.js'
import { type Check, checksOf } from './checks.js'
import { stepsFrom } from './steps-from.js'

/** One state of a graph; its number is its place in the order in which breadth-first search finds them. */
export interface GraphState {
  /** Whether no thread can take a step. */
  readonly terminal: boolean
  /** Bounds of the model by which steps from it are left out. */
  readonly cut: readonly string[]
  /** Names of the properties that are violated in it. */
  readonly violated: readonly string[]
}

/** One transition. */
export interface GraphEdge {
  readonly from: number
  /** Undefined when the step ends its run. */
  readonly to: number | undefined
  /** The step: `thread: label`, and what was chosen. */
  readonly label: string
  /** What the step violates, and what ends the run, if it does. */
  readonly said: readonly string[]
}

/** All states and transitions of a scenario on a kernel. */
export interface StateGraph {
  /** How many initial states there are, which come first, each once. */
  readonly initial: number
  readonly states: readonly GraphState[]
  readonly edges: readonly GraphEdge[]
}

/** The graph of a program, or undefined when it has more than `most` states. */
export function stateGraph(program: Program, properties: readonly Property[], most: number): StateGraph | undefined {
  const system = new PackedSystem(program)
  const checks = checksOf(properties, system.shared, program)
  const numbers = new Map<string, number>()
  const vectors: Int32Array[] = []
  const numberOf = (vector: Int32Array): number => {
    const key = Buffer.from(vector.buffer, vector.byteOffset, vector.byteLength).toString('latin1')
    const known = numbers.get(key)
    if (known !== undefined) return known
    numbers.set(key, vectors.length)
    vectors.push(vector.slice())
    return vectors.length - 1
  }
  for (let i = 0; i < system.initialCount; i++) {
    system.loadInitial(i)
    numberOf(system.vector)
  }
  const initial = vectors.length
  const states: GraphState[] = []
  const edges: GraphEdge[] = []
  const labels = new Map<string, string>()
  for (let from = 0; from < vectors.length; from++) {
    if (vectors.length > most) return undefined
    const steps = stepsFrom(system, vectors[from])
    const terminal = steps.length === 0
    const cut = steps.flatMap(({ ended }) => (isCut(ended) ? [ended] : []))
    states.push({ terminal, cut: [...new Set(cut)], violated: violatedIn(system, checks, terminal) })
    for (const { ordinal, vector, findings, ended } of steps) {
      if (isCut(ended)) continue
      const label = labelOf(system, ordinal)
      const said = [...findings.map(({ property }) => property.name), ...(ended === '' ? [] : [ended])]
      const to = vector && numberOf(vector)
      edges.push({ from, to, label: labels.get(label) ?? label, said })
      labels.set(label, label)
      system.vector.set(vectors[from])
    }
  }
  return { initial, states, edges }
}

/** Whether a step is none of the model: `stepsFrom` tells the bound that leaves it out. */
function isCut(ended: string): boolean {
  return ended.startsWith('bound ')
}

/** The properties of states that the working vector violates. */
function violatedIn(system: PackedSystem, checks: readonly Check[], quiet: boolean): string[] {
  const rests = quiet && system.atRest()
  return checks.flatMap(({ name, when, premise, holds }) => {
    if (when === 'deadlock') return quiet && !rests ? [name] : []
    if (when === 'always') return holds() ? [] : [name]
    return when === 'quiescent' && rests && premise() && !holds() ? [name] : []
  })
}

/** The step that an ordinal stands for in the working vector. */
function labelOf(system: PackedSystem, ordinal: number): string {
  const thread = threadOf(ordinal)
  const code = system.stepAt(thread)
  const label = 'label' in code ? code.label : ''
  const chosen = code.kind === 'choose' ? ` [${code.values[choiceOf(ordinal)]}]` : ''
  return `${system.threads[thread]}: ${label}${chosen}`
}
