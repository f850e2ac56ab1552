/**
 * Runs the benchmarks: all of them, or those named (`npm run bench -- hashing types`). Figures mean something beside others of the same run.
 * @module
 */

import { readdirSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

/** One figure; `ratio` is against the row it is compared with. */
export interface Row {
  readonly what: string
  readonly value: number
  readonly unit: string
  readonly ratio?: number
}

interface Benchmark {
  readonly name: string
  run(): Promise<Row[]>
}

const wanted = process.argv.slice(2)
const folder = new URL('.', import.meta.url)
for (const file of readdirSync(fileURLToPath(folder))
  .filter((one) => one.endsWith('.bench.ts'))
  .toSorted()) {
  const { name, run } = (await import(new URL(file, folder).href)) as Benchmark
  if (wanted.length > 0 && !wanted.includes(name)) continue
  console.log(`\n${name}`)
  let rows: Row[]
  try {
    rows = await run()
  } catch (error) {
    console.error(error)
    process.exitCode = 1
    continue
  }
  const width = Math.max(...rows.map((row) => row.what.length))
  for (const { what, value, unit, ratio } of rows) {
    console.log(`  ${what.padEnd(width)}  ${figure(value).padStart(12)} ${unit.padEnd(9)}${ratio === undefined ? '' : `  × ${ratio.toFixed(2)}`}`)
  }
}

function figure(value: number): string {
  return value.toLocaleString('en', { maximumFractionDigits: value < 10 ? 2 : value < 1000 ? 1 : 0 })
}
