import { existsSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { openBrowser } from '../browser.js'
import { stumblingBlocks } from '../page-health.js'
import { fixture, foliocheck, ROOT, temporaryFolder } from './run.js'

const folder = temporaryFolder()
let browser: Browser

beforeAll(async () => {
  browser = await openBrowser()
})
afterAll(() => browser?.close())

interface Opened {
  readonly page: Page
  /** What the page asked for besides itself, said on its console, or opened. */
  readonly trouble: readonly string[]
}

async function open(file: string, hash = '', width = 1366, height = 768): Promise<Opened> {
  const page = await browser.newPage({ viewport: { width, height } })
  const trouble: string[] = []
  const self = pathToFileURL(file).href
  page.on('request', request => {
    if (request.url() !== self && request.url() !== self + hash) trouble.push(request.url())
  })
  page.on('console', message => trouble.push(message.text()))
  page.on('pageerror', error => trouble.push(error.message))
  page.on('dialog', dialog => {
    trouble.push(dialog.message())
    void dialog.dismiss()
  })
  await page.goto(self + hash)
  await page.waitForSelector('main')
  return { page, trouble }
}

/** The numbers of the steps that are marked as the current one, as the list and the words have it. */
async function shown(page: Page): Promise<unknown[]> {
  const [listed, told] = await Promise.all([
    page.locator('.stage [aria-current=step] .number').textContent(),
    page.locator('output').textContent(),
  ])
  return [listed?.trim(), told]
}

/** The least width of a column of a grid, in pixels. */
function narrowest(page: Page): Promise<number> {
  return page.evaluate(() =>
    Math.min(
      ...[...document.querySelectorAll('.stage .boxes.grid')].flatMap(grid =>
        getComputedStyle(grid).gridTemplateColumns.split(' ').map(Number.parseFloat),
      ),
      Number.MAX_VALUE,
    ),
  )
}

const FILES: readonly (readonly [file: string, model: string])[] = [
  ['zd-pgmap-read-after-folio-free', 'life-cycle'],
  ['zd-stale-order-is-pg-locked', 'life-cycle'],
  ['zd-split-pgmap-ref-drift', 'life-cycle'],
  ['zd-reinit-subset-data-race', 'life-cycle'],
  ['dp-none-window-fork', 'page-table'],
  ['dp-fault-pileup-livelock', 'page-table'],
  ['dp-zap-migration-entry-of-device-folio', 'page-table'],
  ['thp-gup-fast-vs-anon-exclusive', 'page-table'],
  ['drv-amdkfd-folio-lock-inversion', 'svm'],
  ['thp-split-xarray-vs-try-get', 'folio-split'],
]

/** The page of a counterexample, made when it is first asked for. */
async function pageOf(name: string, model: string): Promise<string> {
  const file = join(folder, `${name}.html`)
  if (existsSync(file)) return file
  const source = join(ROOT, 'counterexamples', `${name}.json`)
  const { code, stdout } = await foliocheck(['explain', source, '--model', model, '--format', 'html'])
  expect(code).toBe(0)
  writeFileSync(file, stdout)
  return file
}

describe('the page of a counterexample', () => {
  test.each(FILES)('%s', async (name, model) => {
    const source = join(ROOT, 'counterexamples', `${name}.json`)
    const { page, trouble } = await open(await pageOf(name, model))
    const found = JSON.parse(readFileSync(source, 'utf8'))
    expect(await page.locator('h1').textContent()).toContain(found.property)
    const steps = found.trace.steps.filter((step: { setup: boolean }) => !step.setup)
    expect(await page.locator('.stage .steps .body').count()).toBe(steps.length)
    expect(await stumblingBlocks(page)).toEqual([])
    // Its states are drawn: the machine, not only its fields.
    const sections = await page.locator('.right h3').allInnerTexts()
    expect(sections.length).toBeGreaterThan(2)
    expect(await page.locator('.right .alarm').count()).toBe(0)
    await page.keyboard.press('End')
    const [listed, told] = await shown(page)
    expect(listed).toBe(String(steps.length))
    expect(told).toContain(`step ${steps.length} of ${steps.length}`)
    expect(await page.locator('.now').textContent()).toContain(steps.at(-1).label)
    for (const [width, height] of [
      [390, 844],
      [820, 1180],
    ]) {
      await page.setViewportSize({ width, height })
      expect(await narrowest(page)).toBeGreaterThanOrEqual(5.5 * 15)
      expect(await page.evaluate(() => document.documentElement.scrollWidth <= innerWidth)).toBe(true)
    }
    expect(trouble).toEqual([])
    await page.close()
  })

  test('is stepped through by keys, buttons and links, and leads to the step that wrote a value', async () => {
    const file = await pageOf(...FILES[0])
    const { page, trouble } = await open(file, '#step=8')
    expect(await shown(page)).toEqual(['8', 'step 8 of 34'])
    await page.keyboard.press('ArrowRight')
    await page.keyboard.press('j')
    await page.keyboard.press('k')
    expect(await shown(page)).toEqual(['9', 'step 9 of 34'])
    expect(page.url()).toContain('step=9')
    await page.keyboard.press('Home')
    expect(await page.locator('.changed, .fresh').count()).toBe(0)
    await page.getByLabel('next step').click()
    expect(await page.locator('.right .changed').count()).toBeGreaterThan(0)
    await page.getByLabel('to the violation').click()
    expect(await shown(page)).toEqual(['34', 'step 34 of 34'])
    // p1 was in life 1 from step 8 on: so says the reason, and so does the drawing.
    const life = page.locator('.right .box', { hasText: /^p1\b/ }).locator('button.line', { hasText: 'life 1' }).first()
    await life.focus()
    await page.keyboard.press('w')
    expect((await shown(page))[0]).toBe('8')
    await page.locator('.why button.link').last().click()
    expect((await shown(page))[0]).toBe('33')
    await page.locator('.steps button', { hasText: 'folio->mapping = NULL' }).first().click()
    expect((await shown(page))[0]).toBe('7')
    expect(trouble).toEqual([])
    await page.close()
  })

  test('is printed whole: every step, and the last state', async () => {
    const { page } = await open(await pageOf(...FILES[0]))
    await page.emulateMedia({ media: 'print' })
    expect(await page.locator('.controls').isVisible()).toBe(false)
    expect(await page.locator('.print-only .box').first().isVisible()).toBe(true)
    expect(await page.locator('.step.last').isVisible()).toBe(true)
    expect((await page.pdf({ format: 'A4' })).length).toBeGreaterThan(10_000)
    await page.close()
  })

  test('who waits, and for which lock, is said beside the step; a thread has one colour in all runs', async () => {
    const { page, trouble } = await open(await pageOf('drv-amdkfd-folio-lock-inversion', 'svm'))
    const runs = page.getByRole('navigation', { name: 'runs' }).getByRole('link')
    expect(await runs.allInnerTexts()).toEqual(['run 1 5 steps', 'run 2 14 steps'])
    const head = (name: string) => page.locator('.stage .lane-head', { hasText: name })
    const colourOf = (name: string) => head(name).evaluate(span => getComputedStyle(span).color)
    await page.keyboard.press('End')
    expect(await page.locator('.now .waits').textContent()).toBe(
      'gpu fault waits at mutex_lock(&p->svms.lock) for &svms->lock, held by cpu',
    )
    const colour = await colourOf('cpu')
    await runs.nth(1).click()
    expect(await page.locator('.runs [aria-current=page]').textContent()).toContain('run 2')
    await page.keyboard.press('End')
    expect(await colourOf('cpu')).toBe(colour)
    expect(await colourOf('gpu fault')).not.toBe(colour)
    expect(await head('gpu fault').textContent()).toBe('gpu fault waits')
    expect(await head('cpu').textContent()).toBe('cpu')
    expect(trouble).toEqual([])
    await page.close()
  })

  test('a loop has a bar from its beginning to its end, and goes round', async () => {
    const { page, trouble } = await open(await pageOf('dp-fault-pileup-livelock', 'page-table'))
    expect(await shown(page)).toEqual(['0', 'step 0 of 82, before the loop of 7 to 82'])
    expect(await page.locator('.stage .steps .loops').count()).toBe(76)
    const borders = await page
      .locator('.stage .steps > li')
      .evaluateAll(items => items.map(item => getComputedStyle(item).borderLeftStyle === 'double'))
    expect(borders.indexOf(true)).toBe(7)
    expect(borders.slice(7).every(Boolean)).toBe(true)
    await page.getByRole('button', { name: 'to the end of the loop' }).click()
    expect(await shown(page)).toEqual(['82', 'step 82 of 82, in the loop of 7 to 82'])
    await page.getByRole('button', { name: 'round the loop again' }).click()
    expect((await shown(page))[0]).toBe('7')
    await page.keyboard.press('End')
    await page.keyboard.press('ArrowRight')
    expect((await shown(page))[0]).toBe('7')
    expect(trouble).toEqual([])
    await page.close()
  })

  test('several runs are all printed, in order, with all columns of what is drawn', async () => {
    const { page } = await open(await pageOf('drv-amdkfd-folio-lock-inversion', 'svm'), '#run=2&step=3')
    await page.setViewportSize({ width: 700, height: 1000 })
    await page.emulateMedia({ media: 'print' })
    const headings = await page.locator('h2:visible').allInnerTexts()
    expect(headings).toEqual(['run 1 of 2', 'after the last step', 'run 2 of 2', 'after the last step'])
    expect(await page.locator('.steps .body:visible').count()).toBe(5 + 14)
    const cut = await page.evaluate(() =>
      [...document.querySelectorAll('.box, .step, .boxes')]
        .filter(part => part.getClientRects().length > 0)
        .filter(part => part.getBoundingClientRect().right > innerWidth + 1 || part.scrollWidth > part.clientWidth + 1)
        .map(part => part.outerHTML.slice(0, 100)),
    )
    expect(cut).toEqual([])
    await page.close()
  })

  test('a link to a step shows it; on a phone the list scrolls by itself, and the page stays', async () => {
    const file = await pageOf('dp-fault-pileup-livelock', 'page-table')
    const { page } = await open(file, '#step=70')
    const inView = (selector: string) =>
      page
        .locator(selector)
        .first()
        .evaluate(part => {
          const { top, bottom } = part.getBoundingClientRect()
          return top >= 0 && bottom <= innerHeight
        })
    expect(await inView('.stage .step.current')).toBe(true)
    expect(await inView('.now')).toBe(true)
    await page.close()
    const { page: phone } = await open(file, '#step=70', 390, 844)
    const seen = () =>
      phone.locator('.stage .step.current').evaluate(step => {
        const [inner, outer] = [step, step.closest('.left')].map(part => part?.getBoundingClientRect() ?? new DOMRect())
        return inner.top >= outer.top && inner.bottom <= outer.bottom && scrollY === 0
      })
    expect(await seen()).toBe(true)
    for (const key of ['ArrowRight', 'Home', 'End', 'ArrowLeft']) {
      await phone.keyboard.press(key)
      await expect.poll(seen).toBe(true)
    }
    // In the order in which it is seen: the steps, then the state.
    const [list, state] = await Promise.all(['.left', '.right'].map(part => phone.locator(part).boundingBox()))
    expect((list?.y ?? 0) + (list?.height ?? 0)).toBeLessThanOrEqual(state?.y ?? 0)
    await phone.close()
  })

  test('a grid that is wider than a phone is scrolled to what changed', async () => {
    const { page } = await open(await pageOf('dp-none-window-fork', 'page-table'), '#step=4', 390, 844)
    const grid = page.locator('.stage .boxes.grid').first()
    // The folio at the far end takes the lock.
    await page.locator('.steps button', { hasText: 'folio_trylock(folio)' }).click()
    const folio = grid.locator('.box', { hasText: /^folio p6/ })
    await expect.poll(() => folio.getAttribute('class')).toContain('held')
    const within = () =>
      folio.evaluate(box => {
        const [inner, outer] = [box, box.parentElement].map(part => part?.getBoundingClientRect() ?? new DOMRect())
        return inner.left >= outer.left && inner.right <= outer.right + 1
      })
    expect(await within()).toBe(true)
    expect(await grid.evaluate(({ scrollWidth, clientWidth }) => scrollWidth > clientWidth)).toBe(true)
    // Whoever scrolls away is left there until something changes.
    await grid.evaluate(part => part.scrollTo({ left: 0 }))
    await page.keyboard.press('ArrowRight')
    expect(await grid.evaluate(part => part.scrollLeft)).toBe(0)
    await page.keyboard.press('ArrowLeft')
    expect(await within()).toBe(true)
    await page.close()
  })

  test('tells its steps as text where no script runs', async () => {
    const context = await browser.newContext({ javaScriptEnabled: false })
    const page = await context.newPage()
    await page.goto(pathToFileURL(await pageOf(...FILES[0])).href)
    expect(await page.locator('noscript').textContent()).toContain('folio->mapping = NULL')
    await context.close()
  })

  test('has no drawing for another model, and says so', async () => {
    const source = join(ROOT, 'counterexamples', 'dp-none-window-fork.json')
    const { code, stdout } = await foliocheck(['explain', source, '--model', 'folio-split', '--format', 'html'])
    expect(code).toBe(0)
    const file = join(folder, 'foreign.html')
    writeFileSync(file, stdout)
    const { page } = await open(file)
    expect(await page.locator('.undrawn').textContent()).toContain("'evict-races-fork'")
    expect(await page.locator('.steps .body').count()).toBeGreaterThan(10)
    await page.close()
  })
})

/** Small scenarios with known violations and without. */
const SOME = ['kfd-mixed-range-races-cpu-fault', 'kfd-maps-mixed-range', 'mirror-fault-races-cpu-fault']

describe('the page of a whole check', () => {
  test('opens at once; its cells lead to counterexamples, and back', async () => {
    const file = join(folder, 'run.html')
    const { code } = await foliocheck(['check', '--model', 'svm', ...SOME, '--report', file])
    expect(code).toBe(0)
    expect(statSync(file).size).toBeLessThan(500_000)
    const { page, trouble } = await open(file)
    expect(await page.locator('.matrix tbody tr').count()).toBe(SOME.length)
    expect(await stumblingBlocks(page)).toEqual([])
    const cell = page.locator('.matrix td a').first()
    const told = (await cell.getAttribute('aria-label')) ?? ''
    await cell.click()
    await page.waitForSelector('.story')
    expect(told).toContain(`${(await page.locator('h1').textContent())?.replace('✗', '').trim()}: violated`)
    await page.keyboard.press('Escape')
    await page.waitForSelector('.matrix')
    await page.getByRole('searchbox').fill('kfd mixed')
    expect(await page.locator('.matrix tbody tr').count()).toBe(2)
    expect(trouble).toEqual([])
    await page.close()
  })

  test('shows the kernels of a scenario together', async () => {
    const file = join(folder, 'kernels.html')
    await foliocheck(['check', '--model', 'folio-split', '--kernel', 'all', '--report', file])
    const { page } = await open(file)
    const rows = await page.locator('.matrix tbody th').allTextContents()
    expect(rows.slice(0, 4)).toEqual([
      'folio-split-races-lookup v6.19',
      'folio-split-races-lookup v7.3',
      'uniform-split-races-lookups v6.19',
      'uniform-split-races-lookups v7.3',
    ])
    await page.close()
  })

  test('shows names as they are, whatever is in them', async () => {
    const file = join(folder, 'evil.html')
    await foliocheck(['check', '--model', fixture('hostile-texts'), '--report', file])
    expect(existsSync(file)).toBe(true)
    const { page, trouble } = await open(file)
    expect(await page.locator('body').textContent()).toContain('</script><script>alert(1)</script>')
    await page.locator('.findings a').first().click()
    await page.waitForSelector('.story')
    await page.keyboard.press('End')
    expect(await page.locator('script').count()).toBe((readFileSync(file, 'utf8').match(/<script/g) ?? []).length)
    expect(trouble).toEqual([])
    await page.close()
  })
})
