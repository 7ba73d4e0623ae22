import { fileURLToPath } from 'node:url'
import { defineConfig } from 'vitest/config'

const here = (path: string) => fileURLToPath(new URL(path, import.meta.url))

export default defineConfig({
  resolve: {
    alias: [
      { find: /^foliocheck\/models$/, replacement: here('./models/index.ts') },
      { find: /^foliocheck$/, replacement: here('./src/index.ts') },
    ],
  },
  test: {
    reporters: ['default', './test/summary-reporter.ts'],
    globalSetup: ['./test/build.ts'],
    include: ['{src,models,properties,docs,test,bench}/**/*.test.ts'],
    testTimeout: 60_000,
    passWithNoTests: false,
  },
})
