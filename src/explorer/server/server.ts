import { randomBytes } from 'node:crypto'
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { FileError, ModelError, reasonOf, UsageError } from '../../errors.js'
import type { Limits } from '../../explore/limits.js'
import { printable } from '../../report/wrap.js'
import { Desk } from '../desk.js'
import { Searcher } from '../searcher.js'
import type { Subject } from '../subject.js'
import { Api, Busy } from './api.js'
import { bodyOf } from './body.js'
import { filesOf } from './files.js'
import { admitted } from './gate.js'
import { MESSAGES } from './messages.js'

/** A server that runs. */
export interface Explorer {
  /** Where its page is; whoever knows it may ask. */
  readonly url: string
  /** Ends it, and a search that is under way. */
  close(): Promise<void>
}

/** Nothing comes from elsewhere, nothing runs in the page but its own script, nobody frames it, nothing is kept. */
const HEADERS = {
  'Content-Security-Policy':
    "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src data:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
  'Cache-Control': 'no-store',
  'X-Content-Type-Options': 'nosniff',
  'X-Frame-Options': 'DENY',
  'Referrer-Policy': 'same-origin',
  'Cross-Origin-Opener-Policy': 'same-origin',
  'Cross-Origin-Resource-Policy': 'same-origin',
} as const

/**
 * Serves the page for one scenario, on the loopback address of this machine alone.
 * @throws UsageError when the port cannot be had, FileError when foliocheck was not built
 */
export async function startServer(subject: Subject, limits: Partial<Limits>, wanted = 0): Promise<Explorer> {
  const token = randomBytes(24).toString('base64url')
  const files = filesOf(subject.program.scenario.name)
  const searcher = new Searcher(subject.choice, limits)
  const desk = new Desk(subject.choice)
  const api = new Api(subject, desk, searcher)
  const server = createServer({ requestTimeout: 20_000, headersTimeout: 10_000, maxHeaderSize: 16_384 })
  server.maxConnections = 64
  const port = await listening(server, wanted)
  server.on('request', (request, response) => {
    answer(request, response).catch((thrown: unknown) => {
      // Whoever asked is gone, or there is a mistake here: the server goes on.
      if (!response.headersSent) say(response, 500, `internal error: ${reasonOf(thrown)}`)
      else response.destroy()
    })
  })
  return {
    url: `http://127.0.0.1:${port}/${token}/`,
    close: async () => {
      searcher.cancel()
      desk.giveUp()
      const closed = new Promise(resolve => server.close(resolve))
      server.closeAllConnections()
      await closed
    },
  }

  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const gate = admitted(request, { port, token })
    if (!('path' in gate)) return say(response, gate.status, gate.reason)
    if (request.method === 'GET') {
      const file = files.get(gate.path)
      if (!file) return say(response, 404, 'there is nothing here')
      response.writeHead(200, { ...HEADERS, 'Content-Type': file.type }).end(file.content)
      return
    }
    const kind = gate.path.startsWith('api/') ? gate.path.slice(4) : ''
    if (!isQuestion(kind)) return say(response, 404, 'there is nothing here')
    const text = await bodyOf(request)
    if (text === undefined) return say(response, 413, 'the message is too long')
    // A page that is closed waits for no search.
    response.on(
      'close',
      () => (kind === 'search' || kind === 'smallest') && !response.writableFinished && searcher.cancel(),
    )
    try {
      const answered = await api.answer(kind, text)
      json(response, 200, kind === 'hand-out' || kind === 'smallest' ? answered : safe(answered))
    } catch (thrown) {
      say(response, statusOf(thrown), reasonOf(thrown))
    }
  }
}

function isQuestion(kind: string): kind is keyof typeof MESSAGES {
  return Object.hasOwn(MESSAGES, kind)
}

function statusOf(thrown: unknown): number {
  if (thrown instanceof UsageError) return 400
  if (thrown instanceof Busy) return 409
  return thrown instanceof ModelError || thrown instanceof FileError ? 422 : 500
}

/** Says in one line why there is no answer, and takes no more questions on this connection. */
function say(response: ServerResponse, status: number, reason: string): void {
  response.setHeader('Connection', 'close')
  json(response, status, safe({ error: reason }))
}

function json(response: ServerResponse, status: number, text: unknown): void {
  response.writeHead(status, { ...HEADERS, 'Content-Type': 'application/json; charset=utf-8' })
  response.end(typeof text === 'string' ? text : JSON.stringify(text))
}

/** As JSON, with every text in a form that is safe to look at. */
function safe(value: unknown): string {
  return JSON.stringify(value, (_, part: unknown) => (typeof part === 'string' ? printable(part) : part))
}

async function listening(server: Server, port: number): Promise<number> {
  await new Promise<void>((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) => {
      const why = error.code === 'EADDRINUSE' ? 'is in use' : `cannot be had (${error.code ?? error.message})`
      reject(new UsageError(`port ${port}`, why, 'give another, or leave --port out'))
    })
    server.listen(port, '127.0.0.1', resolve)
  })
  return (server.address() as AddressInfo).port
}
