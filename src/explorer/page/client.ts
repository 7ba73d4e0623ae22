import type { Answers } from '../server/api.js'

/** Asks the server that this page came from. @throws Error in its words when it has no answer, or is gone */
export async function ask<K extends keyof Answers>(kind: K, question: object): Promise<Answers[K]> {
  const response = await fetch(`api/${kind}`, {
    method: 'POST',
    headers: { 'Content-Type': 'application/json' },
    body: JSON.stringify(question),
  }).catch(() => {
    throw new Error('the server is gone; start foliocheck explore again')
  })
  const answered = (await response.json()) as Answers[K] | { readonly error: string }
  if (!response.ok) throw new Error('error' in answered ? String(answered.error) : `the server says ${response.status}`)
  return answered as Answers[K]
}
