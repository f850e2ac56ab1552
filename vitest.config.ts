import { defineConfig } from 'vitest/config'

// Tests import `portcullis` as an application does, and get the source. Naming `import` here would give it to `require()` too, and break pg.
const conditions = ['portcullis-source', 'node', 'development|production']

export default defineConfig({
  resolve: { conditions },
  ssr: { resolve: { conditions } },
  test: {
    include: ['src/**/*.test.{ts,tsx}', 'test/**/*.test.{ts,tsx}', 'scripts/**/*.test.ts'],
    // 60 small files take a second together and twenty seconds apart.
    isolate: false,
    maxWorkers: 2,
    testTimeout: 60_000,
    hookTimeout: 120_000,
  },
})
