import { timingSafeEqual } from 'node:crypto'
import type { IncomingMessage } from 'node:http'

/** Why a request is turned away. */
export interface Refusal {
  readonly status: 403 | 404 | 405 | 413 | 415
  readonly reason: string
}

/** What this server is called by who may ask it. */
export interface Address {
  readonly port: number
  /** The secret first part of every path. */
  readonly token: string
}

/**
 * The path behind the secret, when the request comes from a page of this server, or is somebody's who was given its address.
 * A page of another site can have a browser ask this machine, under any name that leads here; it neither knows the secret
 * nor gets past the names.
 */
export function admitted(request: IncomingMessage, { port, token }: Address): { readonly path: string } | Refusal {
  const { host = '', origin } = request.headers
  if (host !== `127.0.0.1:${port}` && host !== `localhost:${port}`) {
    return { status: 403, reason: 'this server is not called that' }
  }
  const [, first = '', ...rest] = (request.url ?? '').split('/')
  if (!same(first, token)) return { status: 404, reason: 'there is nothing here' }
  const path = rest.join('/')
  switch (request.method) {
    case 'GET':
      return { path }
    case 'POST':
      if (origin !== `http://${host}`) return { status: 403, reason: 'only its own page may ask that' }
      if (request.headers['content-type'] !== 'application/json') {
        return { status: 415, reason: 'give application/json' }
      }
      return { path }
    default:
      return { status: 405, reason: 'GET and POST alone are understood' }
  }
}

/** Whether two texts are equal, in a time that does not tell how far they are. */
function same(given: string, wanted: string): boolean {
  const [a, b] = [Buffer.from(given), Buffer.from(wanted)]
  return a.length === b.length && timingSafeEqual(a, b)
}
