/**
 * `npm run security`: what protection is measured by, row by row, with the tests that prove it and what came of them.
 *
 * - without words: runs every test whose title holds an id, and prints the table
 * - `-- --from FOLDER`: reads vitest's JSON reports of a run that has been, instead of running; `--quiet` prints what is not proven, and the sum
 * - `-- --titles`: runs nothing, and only asks whether each row has a test or a reason
 * - `-- --controls`: takes each control out, one at a time, and asks whether a test then fails (see `security/controls.ts`); `--quick` the
 *   quickest of them, a word behind it those whose names hold it
 *
 * It fails on a row with neither test nor reason, a reason for what has a test, a title that names no row, and a row that is not proven.
 * @module
 */

import { spawn } from 'node:child_process'
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { tryControls } from './security/try-controls.js'
import { incomplete, prove, testsOf, type Proof } from './security/judge.js'
import { readRows } from './security/rows.js'
import { ANY_ID, writtenTitles } from './security/titles.js'

const ROOT = join(import.meta.dirname, '..')

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    from: { type: 'string' },
    quiet: { type: 'boolean' },
    titles: { type: 'boolean' },
    controls: { type: 'boolean' },
    quick: { type: 'boolean' },
  },
})
process.exitCode = (await main()) ? 0 : 1

async function main(): Promise<boolean> {
  if (values.controls === true) return tryControls(ROOT, { quick: values.quick === true, named: positionals[0] })
  const rows = readRows(ROOT)
  const titles = writtenTitles(ROOT)
  const problems = incomplete(rows, titles)
  for (const problem of problems) console.error(problem)
  if (values.titles === true) {
    const untested = rows.filter(({ reason }) => reason !== null).length
    console.log(`${rows.length} rows: ${rows.length - untested} with tests, ${untested} with a reason, ${problems.length} problems`)
    return problems.length === 0
  }
  const ran = values.from === undefined ? await runTests() : readReports(values.from)
  const proofs = prove(rows, titles, ran)
  if (values.quiet !== true) printTable(proofs)
  return printSum(proofs) && problems.length === 0
}

/** Prints each row with its tests and what came of them. */
function printTable(proofs: readonly Proof[]): void {
  let area = ''
  for (const { row, result, titles, passed, failed } of proofs) {
    if (row.area !== area) console.log(`\n${(area = row.area)}`)
    const count = failed > 0 ? `${passed} passed, ${failed} failed` : `${passed} passed`
    console.log(`  ${row.id.padEnd(13)} ${row.says}`)
    console.log(`  ${' '.repeat(13)} ${result === 'untested' ? `untested: ${row.reason ?? ''}` : `${result}: ${count}`}`)
    for (const title of titles) console.log(`  ${' '.repeat(13)}   ${title}`)
  }
}

/** Prints how many rows are proven, and which are not; tells whether all are that can be. */
function printSum(proofs: readonly Proof[]): boolean {
  const having = (result: Proof['result']): readonly Proof[] => proofs.filter((proof) => proof.result === result)
  const [failed, missing, skipped] = [having('failed'), having('not run'), having('skipped')]
  // Where a server is missing its tests are skipped, which nothing may be with CI set.
  const unproven = [...failed, ...missing, ...(process.env['CI'] ? skipped : [])]
  console.log(
    `\n${proofs.length} rows: ${having('passed').length} proven, ${having('untested').length} untested with a reason, ${failed.length} failed, ${missing.length} not run, ${skipped.length} skipped`,
  )
  for (const { row, result } of unproven) console.error(`${row.id} is not proven: ${result}`)
  return unproven.length === 0
}

/** Runs the tests whose titles hold ids, and gives what came of them. */
async function runTests(): Promise<ReturnType<typeof testsOf>> {
  const folder = mkdtempSync(join(tmpdir(), 'portcullis_security_'))
  try {
    const options = ['--testNamePattern', ANY_ID, '--reporter=default', '--reporter=json', `--outputFile.json=${join(folder, 'all.json')}`]
    const child = spawn(process.execPath, [join(ROOT, 'node_modules/vitest/vitest.mjs'), 'run', ...options], { cwd: ROOT, stdio: 'inherit' })
    await new Promise((resolve) => child.once('close', resolve))
    return readReports(folder)
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

function readReports(folder: string): ReturnType<typeof testsOf> {
  return readdirSync(folder)
    .filter((name) => name.endsWith('.json'))
    .flatMap((name) => testsOf(JSON.parse(readFileSync(join(folder, name), 'utf8'))))
}
