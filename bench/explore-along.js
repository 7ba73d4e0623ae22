// A worker thread does not inherit the loader of the main thread.
import { register } from 'tsx/esm/api'

register()
await import('./explore-along.ts')
