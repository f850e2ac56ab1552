import { defaultServerConditions } from 'vite'
import { defineConfig } from 'vitest/config'

// Tests import `portcullis` as an application does, and get the source. Saying `import` here too would give it to `require()`, and break pg.
const conditions = ['portcullis-source', ...defaultServerConditions.filter((one) => one !== 'module')]

export default defineConfig({
  resolve: { conditions },
  ssr: { resolve: { conditions } },
  test: {
    include: ['src/**/*.test.ts', 'test/**/*.test.ts', 'scripts/**/*.test.ts'],
    // 60 small files take a second together and twenty seconds apart.
    isolate: false,
    maxWorkers: 2,
    testTimeout: 60_000,
    hookTimeout: 120_000,
  },
})
