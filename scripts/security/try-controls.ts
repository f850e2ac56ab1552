/**
 * Takes controls out, one at a time, and asks whether a test then fails. Nothing in the product can be switched off for that: vitest is given
 * a plugin that changes one piece of one module as it is loaded.
 * @module
 */

import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { startVitest, type VitestPluginContext } from 'vitest/node'
import { CONTROLS, type Control } from './controls.js'
import { displacement } from './displacement.js'

/** The part of a vite plugin that is needed. */
interface ChangingPlugin {
  readonly name: string
  readonly enforce: 'pre'
  configureVitest(context: Pick<VitestPluginContext, 'defineCacheKeyGenerator'>): void
  transform(code: string, id: string): string | null
}

/**
 * Tries every control, or the quick ones, or those whose names hold `named`. Prints a line for each; tells whether all of them bite.
 */
export async function tryControls(root: string, options: { readonly quick: boolean; readonly named?: string | undefined }): Promise<boolean> {
  const { quick, named = '' } = options
  const displaced = CONTROLS.flatMap((control) => displacement(control, readFileSync(join(root, control.file), 'utf8')) ?? [])
  for (const sentence of displaced) console.error(sentence)
  const chosen = CONTROLS.filter((control) => (!quick || control.quick === true) && control.name.includes(named))
  let missed = 0
  for (const control of chosen) {
    const begun = performance.now()
    const verdict = await tryControl(root, control)
    if (!verdict.bites) missed += 1
    console.log(
      `${verdict.bites ? 'ok  ' : 'FAIL'} ${((performance.now() - begun) / 1000).toFixed(1).padStart(5)} s  without ${control.name}: ${verdict.what}`,
    )
  }
  console.log(`${chosen.length} of ${CONTROLS.length} controls taken out, ${missed} unnoticed, ${displaced.length} no longer where they were`)
  return missed + displaced.length === 0 && chosen.length > 0
}

async function tryControl(root: string, control: Control): Promise<{ readonly bites: boolean; readonly what: string }> {
  let wasLoaded = false
  const path = join(root, control.file)
  const plugin: ChangingPlugin = {
    name: 'portcullis-without-a-control',
    enforce: 'pre',
    // Changed modules are kept nowhere: the next run would find them.
    configureVitest: ({ defineCacheKeyGenerator }) => defineCacheKeyGenerator(({ id }) => (id.split('?')[0] === path ? false : undefined)),
    transform(code, id) {
      if (id.split('?')[0] !== path) return null
      wasLoaded = true
      // A function: a text would have its dollar signs read.
      return code.replace(control.piece, () => control.instead)
    },
  }
  const heard: string[] = []
  const vitest = await startVitest(
    'test',
    [...control.tests],
    {
      root,
      watch: false,
      // One failure is enough, and the rest need not be waited for.
      bail: 1,
      testNamePattern: control.titles,
      testTimeout: 20_000,
      reporters: [{ onUserConsoleLog: () => undefined }],
      onUnhandledError: (error) => {
        heard.push(String(error.message))
        return false
      },
    },
    { plugins: [plugin] },
  )
  const modules = vitest.state.getTestModules()
  const tests = modules.flatMap((module) => [...module.children.allTests()])
  const broken = modules.flatMap((module) => module.errors())
  const ran = tests.filter((one) => ['passed', 'failed'].includes(one.result().state))
  const failed = tests.filter((one) => one.result().state === 'failed')
  await vitest.close()
  process.exitCode = 0
  if (broken.length > 0) return { bites: false, what: `the tests could not be loaded: ${String(broken[0]?.message).split('\n')[0] ?? ''}` }
  if (ran.length === 0) return { bites: false, what: `no test ran: ${control.tests.join(', ')} has none called ${control.titles}` }
  if (!wasLoaded) return { bites: false, what: `${control.file} was not loaded by ${control.tests.join(', ')}` }
  const [first] = failed
  return first === undefined
    ? { bites: false, what: `none of ${ran.length} tests failed${heard.length > 0 ? ` (${heard[0] ?? ''})` : ''}` }
    : { bites: true, what: `'${first.name}' fails` }
}
