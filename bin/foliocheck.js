#!/usr/bin/env node
import { existsSync } from 'node:fs'

const main = new URL('../dist/src/cli/main.js', import.meta.url)
if (existsSync(main)) await (await import(main.href)).main(process.argv.slice(2))
else {
  process.stderr.write('foliocheck: it is not built yet; run `npm ci`, or `npm run build`\n')
  process.exitCode = 70
}
