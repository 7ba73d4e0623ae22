import { type IncomingHttpHeaders, request } from 'node:http'
import { connect } from 'node:net'
import { networkInterfaces } from 'node:os'
import { beforeAll, describe, expect, test } from 'vitest'
import { fixture, foliocheck } from './run.js'
import { type Served, serve } from './served.js'

interface Reply {
  readonly status: number
  readonly headers: IncomingHttpHeaders
  readonly text: string
}

interface Sent {
  readonly method?: string
  readonly headers?: Readonly<Record<string, string>>
  readonly body?: string
}

/** Sends a request as it is: nothing is made of its path and its headers. */
function send({ port }: Served, path: string, { method = 'GET', headers = {}, body }: Sent = {}): Promise<Reply> {
  return new Promise((resolve, reject) => {
    const sent = request({ host: '127.0.0.1', port, path, method, headers }, response => {
      let text = ''
      response.setEncoding('utf8').on('data', part => {
        text += part
      })
      response.on('end', () => resolve({ status: response.statusCode ?? 0, headers: response.headers, text }))
    })
    sent.on('error', reject)
    sent.end(body)
  })
}

/** Asks as the page does; with what is given in place of what it sends. */
function ask(server: Served, kind: string, question: unknown, instead: Sent = {}): Promise<Reply> {
  const { host, path } = server
  return send(server, `${path}api/${kind}`, {
    method: 'POST',
    body: typeof question === 'string' ? question : JSON.stringify(question),
    ...instead,
    headers: { host, origin: `http://${host}`, 'content-type': 'application/json', ...instead.headers },
  })
}

const START = { run: { initial: 0, ordinals: [] } }

let server: Served
beforeAll(async () => {
  server = await serve('get-races-put', '--kernel', 'v1', '--model', fixture('project'))
})

describe('who may ask', () => {
  test('the page is where it was said to be, and nowhere else', async () => {
    expect(server.path).toMatch(/^\/[\w-]{32}\/$/)
    expect((await send(server, server.path)).status).toBe(200)
    expect((await send(server, server.path, { headers: { host: `localhost:${server.port}` } })).status).toBe(200)
    for (const path of ['/', '/index.html', `/${'x'.repeat(32)}/`, `${server.path}other`, `${server.path}?x`]) {
      expect((await send(server, path)).status, path).toBe(404)
    }
  })

  test.each([
    'evil.example',
    'evil.example:80',
    '127.0.0.1',
    'localhost',
    '127.0.0.1:1',
    '0.0.0.0:PORT',
    '[::1]:PORT',
    'localhost.evil.example:PORT',
    '127.0.0.1:PORT.evil.example',
    ' ',
  ])('a request for the host %j is turned away, page or question: no name can be made to lead here', async name => {
    const host = name.replace('PORT', String(server.port))
    expect((await send(server, server.path, { headers: { host } })).status).toBe(403)
    const asked = await ask(server, 'place', START, { headers: { host, origin: `http://${host}` } })
    expect(asked.status).toBe(403)
  })

  test.each(['https://evil.example', 'null', 'http://localhost:1', ''])(
    'a question from a page of %j is turned away',
    async origin => {
      expect((await ask(server, 'place', START, { headers: { origin } })).status).toBe(403)
    },
  )

  test('nor may a page of this machine under another name, or nobody in particular, ask', async () => {
    const elsewhere = `http://localhost:${server.port}`
    expect((await ask(server, 'place', START, { headers: { origin: elsewhere } })).status).toBe(403)
    const { host, path } = server
    const headers = { host, 'content-type': 'application/json' }
    expect((await send(server, `${path}api/place`, { method: 'POST', headers, body: '{}' })).status).toBe(403)
  })

  test('a form of another page cannot ask: the type is not one that it can send', async () => {
    for (const type of ['text/plain', 'application/x-www-form-urlencoded', 'application/json; charset=utf-8x', '']) {
      expect((await ask(server, 'place', START, { headers: { 'content-type': type } })).status, type).toBe(415)
    }
  })

  test('without the secret nothing is told, whatever is asked', async () => {
    const { host } = server
    const headers = { host, origin: `http://${host}`, 'content-type': 'application/json' }
    for (const path of [
      '/api/place',
      '//api/place',
      `/${'a'.repeat(32)}/api/place`,
      `${server.path.slice(0, -2)}/api/place`,
    ]) {
      const reply = await send(server, path, { method: 'POST', headers, body: JSON.stringify(START) })
      expect(reply.status, path).toBe(404)
      expect(reply.text).not.toContain('get-races-put')
    }
  })

  test.each(['PUT', 'DELETE', 'OPTIONS', 'HEAD', 'PATCH'])('%s is not understood', async method => {
    expect((await ask(server, 'place', START, { method })).status).toBe(405)
  })

  test('it listens on the loopback address alone', async () => {
    const others = Object.values(networkInterfaces())
      .flat()
      .flatMap(address => (address && !address.internal && address.family === 'IPv4' ? [address.address] : []))
    for (const host of [...others, '127.0.0.2']) {
      const refused = await new Promise<boolean>(resolve => {
        const socket = connect({ host, port: server.port }, () => resolve(false))
        socket.on('error', () => resolve(true)).setTimeout(2000, () => resolve(true))
        socket.on('close', () => socket.destroy())
      })
      expect(refused, host).toBe(true)
    }
  })
})

describe('what it hands out', () => {
  test.each([
    '/../../etc/passwd',
    '/..%2f..%2fetc%2fpasswd',
    '/....//etc/passwd',
    '/%2e%2e/%2e%2e/package.json',
    '/explore.js/../../package.json',
    '/\\..\\..\\package.json',
    '//etc/passwd',
    '/__proto__',
    '/constructor',
  ])('no file of the machine: %s', async path => {
    const inside = await send(server, `${server.path.slice(0, -1)}${path}`)
    expect(inside.status).toBe(404)
    const outside = await send(server, path)
    expect(outside.status).toBe(404)
    for (const { text } of [inside, outside]) expect(text).toBe('{"error":"there is nothing here"}')
  })

  test('its page, script and style, with what keeps others out of them', async () => {
    for (const [path, type] of [
      ['', 'text/html'],
      ['explore.js', 'text/javascript'],
      ['explore.css', 'text/css'],
    ]) {
      const { status, headers } = await send(server, `${server.path}${path}`)
      expect(status).toBe(200)
      expect(headers['content-type']).toBe(`${type}; charset=utf-8`)
      const policy = headers['content-security-policy']
      for (const part of ["default-src 'none'", "script-src 'self'", "frame-ancestors 'none'"])
        expect(policy).toContain(part)
      expect(policy).not.toMatch(/unsafe|\*|https?:/)
      expect(headers).toMatchObject({
        'cache-control': 'no-store',
        'x-content-type-options': 'nosniff',
        'cross-origin-opener-policy': 'same-origin',
        'cross-origin-resource-policy': 'same-origin',
      })
      expect(headers['access-control-allow-origin']).toBeUndefined()
    }
  })

  test('the same with every answer, those that refuse included', async () => {
    for (const reply of [await ask(server, 'place', START), await ask(server, 'place', '{'), await send(server, '/')]) {
      expect(reply.headers).toMatchObject({ 'cache-control': 'no-store', 'x-content-type-options': 'nosniff' })
      expect(reply.headers['content-type']).toBe('application/json; charset=utf-8')
    }
  })
})

describe('what it answers', () => {
  test('where a run leads, and what can be done there', async () => {
    const { status, text } = await ask(server, 'place', { run: { initial: 0, ordinals: [256] } })
    expect(status).toBe(200)
    expect(JSON.parse(text)).toMatchObject({
      scenario: 'get-races-put',
      kernel: 'v1',
      trace: { steps: [{ number: 1, thread: 'owner', label: 'last = dec_and_test(ref)' }] },
      threads: [
        { name: 'reader', is: 'able', offers: [{ ordinal: 0 }] },
        { name: 'owner', is: 'able' },
      ],
      violated: [],
      over: '',
      end: 'none',
    })
  })

  test('a violation, and the run to it as a counterexample', async () => {
    const { text } = await ask(server, 'search', { ...START, property: 'no-use-after-free' })
    const { kind, run } = JSON.parse(text) as { kind: string; run: object }
    expect(kind).toBe('found')
    const handed = await ask(server, 'hand-out', { run, form: 'counterexample' })
    const { file, text: found } = JSON.parse(handed.text) as { file: string; text: string }
    expect(file).toBe('get-races-put.no-use-after-free.v1.json')
    expect(JSON.parse(found)).toMatchObject({ format: 'foliocheck-counterexample', property: 'no-use-after-free' })
    const least = JSON.parse((await ask(server, 'smallest', { run })).text) as { about: string; text: string }
    expect(least.about).toContain('no shorter run exists')
    expect(JSON.parse(least.text)).toMatchObject({ property: 'no-use-after-free', shortest: true })
    const told = { section: 'all fields', box: 'state', line: 'freed' }
    expect(JSON.parse((await ask(server, 'written', { run, told })).text)).toEqual({ step: 5 })
    for (const form of ['test', 'text', 'mermaid', 'plantuml']) {
      expect((await ask(server, 'hand-out', { run, form })).status, form).toBe(200)
    }
  })

  const deep = '['.repeat(100_000)
  const cases: [what: string, kind: string, question: unknown, status: number][] = [
    ['no JSON', 'place', '{', 400],
    ['nothing', 'place', '', 400],
    ['a list without end', 'place', deep, 400],
    ['null', 'place', 'null', 400],
    ['no run', 'place', {}, 400],
    ['an ordinal that is a text', 'place', { run: { initial: 0, ordinals: ['0'] } }, 400],
    ['an ordinal below 0', 'place', { run: { initial: 0, ordinals: [-1] } }, 400],
    ['an ordinal that is no whole number', 'place', { run: { initial: 0, ordinals: [0.5] } }, 400],
    ['an ordinal of a thread that is not there', 'place', { run: { initial: 0, ordinals: [60000] } }, 400],
    ['a choice that is not there', 'place', { run: { initial: 0, ordinals: [7] } }, 400],
    ['a step that is not possible', 'place', { run: { initial: 0, ordinals: [0, 0, 0, 0, 0, 0, 0, 0, 0] } }, 400],
    ['too many steps', 'place', { run: { initial: 0, ordinals: Array(6000).fill(0) } }, 400],
    ['an initial state that is not there', 'place', { run: { initial: 9, ordinals: [] } }, 400],
    ['more than was asked for', 'place', { ...START, file: '/etc/passwd' }, 400],
    ['a prototype', 'place', '{"run":{"initial":0,"ordinals":[]},"__proto__":{"x":1}}', 400],
    [
      'a loop longer than the run',
      'hand-out',
      { run: { initial: 0, ordinals: [256], loop: 9 }, form: 'counterexample' },
      400,
    ],
    ['a form that is none', 'hand-out', { ...START, form: '../x' }, 400],
    ['a counterexample of nothing', 'hand-out', { ...START, form: 'counterexample' }, 400],
    ['the smallest of nothing', 'smallest', START, 400],
    ['the smallest of a property that is not there', 'smallest', { ...START, property: '<script>' }, 400],
    ['the writer of a value without a name', 'written', { ...START, told: { section: 'x', box: 'y' } }, 400],
    [
      'the writer of a value in an impossible run',
      'written',
      { run: { initial: 9, ordinals: [] }, told: { section: '', box: '', line: '' } },
      400,
    ],
    ['a property that is not there', 'search', { ...START, property: '<script>' }, 400],
    ['no question', 'eval', {}, 404],
    ['an inherited question', 'constructor', {}, 404],
    ['a message without end', 'place', ' '.repeat(300 * 1024), 413],
  ]

  test.each(cases)('%s: it says what is wrong, without a stack, and goes on', async (_, kind, question, status) => {
    const reply = await ask(server, kind, question)
    expect(reply.status).toBe(status)
    const { error } = JSON.parse(reply.text) as { error: string }
    expect(error.length).toBeLessThan(400)
    expect(reply.text).not.toMatch(/\.js:\d+|node:internal|\\n\s+at /)
    expect((await ask(server, 'place', START)).status).toBe(200)
  })

  test('a message in pieces that says nothing of its length has the same end', async () => {
    const { host, path, port } = server
    const text = await new Promise<string>(resolve => {
      const socket = connect(port, '127.0.0.1')
      let got = ''
      socket.setEncoding('utf8').on('data', part => {
        got += part
      })
      socket.on('close', () => resolve(got)).on('error', () => resolve(got))
      const head = `POST ${path}api/place HTTP/1.1\r\nHost: ${host}\r\nOrigin: http://${host}\r\nContent-Type: application/json\r\n`
      socket.write(`${head}Transfer-Encoding: chunked\r\n\r\n`)
      const piece = `10000\r\n${'x'.repeat(0x10000)}\r\n`
      for (let i = 0; i < 5; i++) socket.write(piece)
    })
    expect(text).toMatch(/^HTTP\/1\.1 413 /)
  })
})

describe('a search', () => {
  test('is one at a time; is told how far it is; can be ended; and the server answers meanwhile', async () => {
    const far = await serve('far', '--model', fixture('endless'))
    const search = ask(far, 'search', START)
    const states = async () => (JSON.parse((await ask(far, 'progress', {})).text) as { states: number }).states
    await expect.poll(states, { timeout: 20_000 }).toBeGreaterThan(1000)
    const before = performance.now()
    expect((await ask(far, 'place', START)).status).toBe(200)
    expect(performance.now() - before).toBeLessThan(2000)
    expect((await ask(far, 'search', START)).status).toBe(409)
    await ask(far, 'cancel', {})
    const { text } = await search
    expect(JSON.parse(text)).toMatchObject({ kind: 'nothing', limit: expect.stringMatching(/^an interrupt, after/) })
    expect(JSON.parse((await ask(far, 'progress', {})).text)).toEqual({ busy: false, states: 0 })
  })

  test('for the smallest counterexample can be ended, too: then there is none', async () => {
    const far = await serve('far', '--model', fixture('endless'))
    // A way to the violation that no search comes to soon.
    const run = { initial: 0, ordinals: Array(1003).fill(0) }
    const search = ask(far, 'smallest', { run })
    const states = async () => (JSON.parse((await ask(far, 'progress', {})).text) as { states: number }).states
    await expect.poll(states, { timeout: 20_000 }).toBeGreaterThan(1000)
    expect((await ask(far, 'smallest', { run })).status).toBe(409)
    await ask(far, 'cancel', {})
    const { status, text } = await search
    expect(status).toBe(400)
    expect(JSON.parse(text)).toEqual({
      error: expect.stringMatching(
        /^the smallest counterexample: was not found: an interrupt, after .*; copy the run as it is/,
      ),
    })
    expect((await ask(far, 'hand-out', { run, form: 'counterexample' })).status).toBe(200)
  })

  test('ends when whoever asked for it is gone', async () => {
    const far = await serve('far', '--model', fixture('endless'))
    const { host, path, port } = far
    const headers = { host, origin: `http://${host}`, 'content-type': 'application/json' }
    const asked = request({ host: '127.0.0.1', port, path: `${path}api/search`, method: 'POST', headers })
    asked.on('error', () => undefined)
    asked.end(JSON.stringify(START))
    const busy = async () => (JSON.parse((await ask(far, 'progress', {})).text) as { busy: boolean }).busy
    await expect.poll(busy, { timeout: 20_000 }).toBe(true)
    asked.destroy()
    await expect.poll(busy, { timeout: 20_000 }).toBe(false)
  })
})

describe('the end', () => {
  test.each(['SIGINT', 'SIGTERM'] as const)('%s ends it, and a search under way, with exit code 0', async signal => {
    const far = await serve('far', '--model', fixture('endless'))
    const search = ask(far, 'search', START).catch(() => 'gone')
    await expect
      .poll(async () => (JSON.parse((await ask(far, 'progress', {})).text) as { states: number }).states, {
        timeout: 20_000,
      })
      .toBeGreaterThan(1000)
    far.child.kill(signal)
    expect(await far.ended).toEqual({ code: 0, stderr: '' })
    await search
  })

  test('a port that is in use is an error of the command line', async () => {
    const args = ['explore', 'get-races-put', '--model', fixture('project'), '--port', String(server.port)]
    const { code, stderr } = await foliocheck(args)
    expect(stderr).toBe(`foliocheck: port ${server.port}: is in use; give another, or leave --port out\n`)
    expect(code).toBe(64)
  })

  test.each([
    ['throws-in-step', 422, "throws step 'oops': threw:"],
    ['exits', 422, 'it called process.exit(3)'],
    ['dies', 500, 'the worker thread of scenario dies died: too late'],
  ])('a mistake in a model is told, and the server goes on: %s', async (scenario, status, what) => {
    const wrong = await serve(scenario, '--model', fixture('mistakes'))
    const run = { initial: 0, ordinals: scenario === 'throws-in-step' ? [0] : [] }
    const reply = await ask(wrong, 'place', { run })
    expect(reply.text).toContain(what)
    expect(reply.status).toBe(status)
    expect((await ask(wrong, 'progress', {})).status).toBe(200)
  })

  test('a recipe that never returns keeps nobody from asking, and from ending it', async () => {
    const stuck = await serve('stuck', '--model', fixture('stuck'))
    const place = ask(stuck, 'place', START).catch(() => 'gone')
    const told = new Promise<void>(resolve => stuck.child.stderr?.on('data', () => resolve()))
    await told
    expect((await ask(stuck, 'progress', {})).status).toBe(200)
    stuck.child.kill('SIGINT')
    expect((await stuck.ended).code).toBe(0)
    await place
  })
})
