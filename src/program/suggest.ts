import { distance } from 'fastest-levenshtein'

/** "; did you mean X?" for the candidate nearest to `name`, or the empty string when none is near. */
export function nearest(name: string, candidates: readonly string[]): string | undefined {
  let best: { candidate: string; far: number } | undefined
  for (const candidate of candidates) {
    const far = distance(name.toLowerCase(), candidate.toLowerCase())
    if (!best || far < best.far) best = { candidate, far }
  }
  return best && best.far <= Math.max(3, Math.floor(name.length * 0.6)) ? best.candidate : undefined
}

/** The next step to propose for an unknown name. */
export function didYouMean(name: string, candidates: readonly string[], otherwise: string): string {
  const near = nearest(name, candidates)
  return near === undefined ? otherwise : `did you mean '${near}'?`
}
