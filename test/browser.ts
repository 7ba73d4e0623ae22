import { existsSync } from 'node:fs'
import { type Browser, chromium } from 'playwright-core'

const PLACES = [
  process.env.FOLIOCHECK_CHROMIUM,
  '/usr/bin/chromium',
  '/usr/bin/chromium-browser',
  '/usr/bin/google-chrome',
]

/** A Chromium of this machine without a window. @throws Error that says how to get one */
export function openBrowser(): Promise<Browser> {
  const executablePath = PLACES.find(place => place !== undefined && existsSync(place))
  if (executablePath === undefined) {
    throw new Error(
      'no Chromium: install it (Debian: apt-get install chromium), or set FOLIOCHECK_CHROMIUM to its path',
    )
  }
  return chromium.launch({
    executablePath,
    args: [
      '--headless',
      '--no-sandbox',
      '--disable-gpu',
      '--disable-quic',
      '--no-first-run',
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-sync',
    ],
  })
}
