import { type ChildProcess, spawn } from 'node:child_process'
import { join } from 'node:path'
import { afterAll } from 'vitest'
import { ROOT } from './run.js'

/** A server of `foliocheck explore` that runs. */
export interface Served {
  readonly child: ChildProcess
  readonly url: string
  readonly host: string
  readonly port: number
  /** `/<token>/` */
  readonly path: string
  readonly ended: Promise<{ readonly code: number | null; readonly stderr: string }>
}

const started: ChildProcess[] = []

// Here, where the file's tests are collected: in a hook or a test it would be too late.
afterAll(() => {
  for (const one of started) one.kill('SIGKILL')
})

/** Starts `foliocheck explore` with its page. It is gone after the tests of the file. @throws Error when it does not start */
export async function serve(...args: readonly string[]): Promise<Served> {
  const child = spawn(process.execPath, [join(ROOT, 'bin', 'foliocheck.js'), 'explore', '--json', ...args], {
    env: { PATH: process.env.PATH },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  started.push(child)
  let stderr = ''
  child.stderr.setEncoding('utf8').on('data', part => {
    stderr += part
  })
  const ended = new Promise<{ code: number | null; stderr: string }>(resolve =>
    child.on('close', code => resolve({ code, stderr })),
  )
  const url = await new Promise<URL>((resolve, reject) => {
    let text = ''
    child.stdout.setEncoding('utf8').on('data', part => {
      text += part
      if (text.endsWith('}\n')) resolve(new URL((JSON.parse(text) as { url: string }).url))
    })
    child.on('close', () => reject(new Error(`no server: ${stderr}`)))
  })
  return { child, url: url.href, host: url.host, port: Number(url.port), path: url.pathname, ended }
}
