/**
 * `npm test`: every check of this repository, one stage after another, and one line at the end with the sum.
 *
 * A stage is an npm script. A failing stage does not stop those after it, so that one run shows everything that is wrong.
 * `npm test -- unit django` runs only these stages.
 * @module
 */

import { spawn } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { stripVTControlCharacters } from 'node:util'

/** One npm script, and whether vitest runs it: its tests are counted one by one, anything else counts as one. */
interface Stage {
  readonly name: string
  readonly script: string
  readonly kind: 'check' | 'tests'
}

interface Count {
  readonly passed: number
  readonly failed: number
  readonly skipped: number
}

interface Outcome extends Count {
  readonly stage: Stage
  readonly seconds: number
  /** Why something was skipped, or why a stage failed although no test did. */
  readonly remarks: readonly string[]
}

/** What answers soonest comes first; what needs a build comes last. */
const STAGES: readonly Stage[] = [
  { name: 'layers', script: 'layers', kind: 'check' },
  { name: 'rules', script: 'rules', kind: 'check' },
  { name: 'regexes', script: 'regexes', kind: 'check' },
  { name: 'types', script: 'types', kind: 'check' },
  { name: 'lint', script: 'lint', kind: 'check' },
  { name: 'format', script: 'format:check', kind: 'check' },
  { name: 'knip', script: 'knip', kind: 'check' },
  { name: 'unit', script: 'test:unit', kind: 'tests' },
  { name: 'databases', script: 'test:databases', kind: 'tests' },
  { name: 'adapters', script: 'test:adapters', kind: 'tests' },
  { name: 'admin', script: 'test:admin', kind: 'tests' },
  { name: 'command-line', script: 'test:command-line', kind: 'tests' },
  { name: 'browser', script: 'test:browser', kind: 'tests' },
  { name: 'django', script: 'test:django', kind: 'tests' },
  { name: 'controls', script: 'security', kind: 'check' },
  { name: 'security', script: 'security', kind: 'check' },
  { name: 'examples', script: 'check:examples', kind: 'check' },
  { name: 'package', script: 'check:package', kind: 'check' },
]

/** The supports of the tests say with such a line what this machine lacks. */
const SKIP_REASON = /^skipped: (.+)$/

const reports = mkdtempSync(join(tmpdir(), 'portcullis_reports_'))
process.once('exit', () => rmSync(reports, { recursive: true, force: true }))

const outcomes: Outcome[] = []
for (const stage of choose(process.argv.slice(2))) {
  console.log(`\n=== ${stage.name}`)
  const outcome = await run(stage)
  outcomes.push(outcome)
  console.log(describe(outcome))
}
console.log(`\n${outcomes.map(describe).join('\n')}\n`)
const total = sum(outcomes)
if (total.failed > 0) process.exitCode = 1
console.log(`${total.passed} passed, ${total.failed} failed, ${total.skipped} skipped`)

function choose(names: readonly string[]): readonly Stage[] {
  const unknown = names.filter((name) => !STAGES.some((stage) => stage.name === name))
  if (unknown.length > 0) {
    console.error(`There is no stage ${unknown.join(', ')}. The stages are ${STAGES.map((stage) => stage.name).join(', ')}.`)
    process.exit(2)
  }
  return names.length === 0 ? STAGES : STAGES.filter((stage) => names.includes(stage.name))
}

async function run(stage: Stage): Promise<Outcome> {
  const begun = performance.now()
  const report = join(reports, `${stage.name}.json`)
  // Lines that passing tests print are shown: they say how many cases of a vector file were read.
  const options =
    stage.kind === 'tests' ? ['--silent=false', '--reporter=default', '--reporter=json', `--outputFile.json=${report}`] : securityOptions(stage)
  const { exitCode, reasons } = await runScript(stage.script, options.length === 0 ? [] : ['--', ...options])
  const { count, remarks } = stage.kind === 'tests' ? countTests(report, exitCode, reasons) : { count: checkCount(exitCode), remarks: [] }
  return { stage, ...count, seconds: (performance.now() - begun) / 1000, remarks: [...reasons, ...remarks] }
}

/**
 * Of the controls those are taken out that are quickly tried. The proof is read from the tests that have just run, if all have; otherwise
 * only its completeness is looked at.
 */
function securityOptions(stage: Stage): readonly string[] {
  if (stage.name === 'controls') return ['--controls', '--quick']
  if (stage.name !== 'security') return []
  const hasRun = (one: Stage): boolean => outcomes.some((outcome) => outcome.stage === one)
  return STAGES.filter(({ kind }) => kind === 'tests').every(hasRun) ? ['--from', reports, '--quiet'] : ['--titles']
}

/** Runs an npm script and passes its output on, taking note of what it says it skips. */
async function runScript(script: string, options: readonly string[]): Promise<{ exitCode: number; reasons: readonly string[] }> {
  const colors = process.stdout.isTTY && !process.env['NO_COLOR'] ? { FORCE_COLOR: '1' } : { NO_COLOR: '1' }
  // `node --run` reads package.json as npm does, without its half second and its banner.
  // `npm test --silent` is meant for this npm, not for one that a stage runs.
  const { npm_config_loglevel: _quiet, ...environment } = process.env
  const child = spawn(process.execPath, ['--run', script, ...options], { stdio: ['ignore', 'pipe', 'inherit'], env: { ...environment, ...colors } })
  const reasons = new Set<string>()
  for await (const line of createInterface({ input: child.stdout })) {
    console.log(line)
    const reason = SKIP_REASON.exec(stripVTControlCharacters(line))?.[1]
    if (reason !== undefined) reasons.add(reason)
  }
  const exitCode = child.exitCode ?? (await new Promise<number>((resolve) => child.once('close', (code) => resolve(code ?? 1))))
  return { exitCode, reasons: [...reasons] }
}

function checkCount(exitCode: number): Count {
  return exitCode === 0 ? { passed: 1, failed: 0, skipped: 0 } : { passed: 0, failed: 1, skipped: 0 }
}

/** The part of vitest's JSON report that is read here. */
interface Report {
  readonly numPassedTests: number
  readonly numFailedTests: number
  readonly numPendingTests: number
  readonly numTodoTests: number
  readonly testResults: readonly {
    readonly status: string
    readonly name: string
    readonly assertionResults: readonly { readonly status: string }[]
  }[]
}

function countTests(file: string, exitCode: number, reasons: readonly string[]): { count: Count; remarks: readonly string[] } {
  const report = readReport(file)
  if (report === null) return { count: { passed: 0, failed: 1, skipped: 0 }, remarks: ['vitest wrote no report'] }
  const { numPassedTests: passed, numFailedTests, numPendingTests, numTodoTests } = report
  // A file that cannot be loaded has no failing test, and fails all the same.
  const broken = report.testResults.filter((one) => one.status === 'failed' && !one.assertionResults.some((test) => test.status === 'failed'))
  const remarks = broken.map((one) => `${one.name} could not be run`)
  let failed = numFailedTests + broken.length
  if (passed + failed === 0) {
    failed = 1
    remarks.push('no test ran')
  } else if (exitCode !== 0 && failed === 0) {
    failed = 1
    remarks.push('an error outside the tests')
  }
  // A server that is missing takes whole suites away, of which vitest knows nothing: each reason counts.
  return { count: { passed, failed, skipped: Math.max(numPendingTests + numTodoTests, reasons.length) }, remarks }
}

function readReport(file: string): Report | null {
  try {
    return JSON.parse(readFileSync(file, 'utf8')) as Report
  } catch {
    return null
  }
}

function describe({ stage, passed, failed, skipped, seconds, remarks }: Outcome): string {
  const counts =
    stage.kind === 'tests'
      ? [`${passed + failed} tests`, ...(failed > 0 ? [`${failed} failed`] : []), ...(skipped > 0 ? [`${skipped} skipped`] : [])].join(', ')
      : ''
  const line = `${failed === 0 ? 'ok  ' : 'FAIL'} ${stage.name.padEnd(10)} ${seconds.toFixed(1).padStart(6)} s  ${counts}`.trimEnd()
  return [line, ...remarks.map((remark) => `       ${remark}`)].join('\n')
}

function sum(counts: readonly Count[]): Count {
  const add = (key: keyof Count): number => counts.reduce((all, one) => all + one[key], 0)
  return { passed: add('passed'), failed: add('failed'), skipped: add('skipped') }
}
