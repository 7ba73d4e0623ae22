import { useEffect, useState } from 'preact/hooks'

/** What is shown: the overview, or a step of a run of a story. It is all in the address, so that a link leads there. */
export interface Route {
  readonly story: number | undefined
  readonly run: number
  /** From 0, which is before the first step, and meant when none is named. */
  readonly step: number | undefined
}

function read(): Route {
  const words = new URLSearchParams(location.hash.slice(1))
  const number = (name: string) => {
    const text = words.get(name)
    return text !== null && /^\d{1,6}$/.test(text) ? Number(text) : undefined
  }
  return { story: number('story'), run: (number('run') ?? 1) - 1, step: number('step') }
}

/** The address of a place in the page. */
export function linkTo({ story, run, step }: Partial<Route>): string {
  const words = new URLSearchParams()
  if (story !== undefined) words.set('story', String(story))
  if (run) words.set('run', String(run + 1))
  if (step !== undefined) words.set('step', String(step))
  return `#${words}`
}

/** Goes to a place. Steps of one story follow each other without filling the history. */
export function go(route: Partial<Route>, how: 'push' | 'replace' = 'push'): void {
  if (how === 'push') location.hash = linkTo(route)
  else {
    history.replaceState(undefined, '', linkTo(route))
    dispatchEvent(new HashChangeEvent('hashchange'))
  }
}

/** Where the page is. */
export function useRoute(): Route {
  const [route, set] = useState(read)
  useEffect(() => {
    const changed = () => set(read())
    addEventListener('hashchange', changed)
    return () => removeEventListener('hashchange', changed)
  }, [])
  return route
}
