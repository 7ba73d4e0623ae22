/** A number with thousands separated, as everywhere in our output. */
export function count(n: number): string {
  return n.toLocaleString('en-US')
}

/** A number of things: `1 step`, `2 steps`, `1,000 properties`. */
export function many(n: number, one: string, more = `${one}s`): string {
  return `${count(n)} ${n === 1 ? one : more}`
}
