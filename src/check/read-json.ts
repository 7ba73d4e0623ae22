import { closeSync, openSync, readSync } from 'node:fs'
import { FileError, reasonOf } from '../errors.js'

/** Larger files are refused: nothing of ours comes near. */
const MOST_BYTES = 32 * 2 ** 20

/** Reads a file as JSON. @throws FileError when it cannot be read, is not JSON, or is longer than 32 MiB. */
export function readJson(file: string): unknown {
  const text = readText(file)
  if (text.trim() === '') throw new FileError(file, 'is empty', 'it may have been cut short; record it again')
  try {
    return JSON.parse(text)
  } catch (thrown) {
    throw new FileError(file, `is not JSON (${reasonOf(thrown)})`, 'it may be cut short; record it again')
  }
}

/** Reads no more than it accepts: a device or a pipe may have no end. */
function readText(file: string): string {
  try {
    const chunks: Buffer[] = []
    let size = 0
    const from = openSync(file, 'r')
    try {
      for (;;) {
        const chunk = Buffer.alloc(65536)
        const read = readSync(from, chunk)
        if (read === 0) return Buffer.concat(chunks, size).toString('utf8')
        chunks.push(chunk.subarray(0, read))
        size += read
        if (size > MOST_BYTES) {
          throw new FileError(
            file,
            `is longer than ${MOST_BYTES / 2 ** 20} MiB`,
            'no file of foliocheck is; give another',
          )
        }
      }
    } finally {
      closeSync(from)
    }
  } catch (thrown) {
    if (thrown instanceof FileError) throw thrown
    const cause = reasonOf(thrown).split(',')[0]
    throw new FileError(file, `cannot be read (${cause})`, 'check the path and its permissions')
  }
}
