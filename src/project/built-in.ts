import { join } from 'node:path'
import { packageRoot } from './package-root.js'

/** A model that comes with the package. */
export interface BuiltIn {
  readonly name: string
  readonly about: string
  /** What to import. */
  readonly specifier: string
  /** Its index of bugs and expected violations. */
  readonly index: string
}

function builtIn(name: string, about: string, specifier = `foliocheck/models/${name}`, index = name): BuiltIn {
  return { name, about, specifier, index: join(packageRoot(), 'counterexamples', `${index}.json`) }
}

/** The models that come with the package; the first is meant when none is named. */
export const builtInModels: readonly [BuiltIn, ...BuiltIn[]] = [
  builtIn(
    'life-cycle',
    'device pages from memremap_pages to memunmap_pages: allocation, mapping, free, split, re-use, eviction, unbind',
    'foliocheck/models',
    'index',
  ),
  builtIn('page-table', 'entries and TLBs: faults, zap, mprotect, fork, mremap, rmap, migration, splits, GUP-fast'),
  builtIn(
    'page-table-matrix',
    'every pair of those operations, and some triples, from every initial state: generated',
    'foliocheck/models/page-table-matrix',
    'matrix',
  ),
  builtIn(
    'page-table-crowd',
    'three to five threads that do the same at one folio: for --reduce symmetry',
    'foliocheck/models/page-table-crowd',
    'crowd',
  ),
  builtIn('svm', 'the drivers’ side: HMM walks, interval notifiers, device page tables, locks, fences, lifetimes'),
  builtIn('folio-split', 'splits of folios in the page cache: lookups meanwhile, flags in the second page'),
]

/** The built-in model of that name, or the default one for none; undefined when there is none of that name. */
export function builtInModel(name: string | undefined): BuiltIn | undefined {
  return name === undefined ? builtInModels[0] : builtInModels.find(model => model.name === name)
}
