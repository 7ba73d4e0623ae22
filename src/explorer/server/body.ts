import type { IncomingMessage } from 'node:http'

/** Longer questions are refused: no run that is stepped by hand comes near. */
const MOST_BYTES = 256 * 1024

/** The text of a request; undefined when it is too long. */
export async function bodyOf(request: IncomingMessage): Promise<string | undefined> {
  if (Number(request.headers['content-length'] ?? 0) > MOST_BYTES) return undefined
  const chunks: Buffer[] = []
  let size = 0
  // Whoever sends too much is told so: the connection must outlive the loop.
  for await (const chunk of request.iterator({ destroyOnReturn: false }) as AsyncIterable<Buffer>) {
    size += chunk.length
    if (size > MOST_BYTES) return undefined
    chunks.push(chunk)
  }
  return Buffer.concat(chunks).toString('utf8')
}
