/**
 * A real Django on a test's own database: Debian's (`apt-get install python3-django python3-psycopg2 python3-mysqldb python3-argon2
 * python3-bcrypt`), or whichever `TEST_DJANGO_PYTHON` has. Without one these tests are skipped with a line that says so; with `CI`
 * set that is an error.
 * @module
 */

import { execFile } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { afterAll, describe } from 'vitest'
import { openDatabase, type Database } from '../../src/database/database.js'
import { engines, type PrivateDatabase, type TestEngine } from './databases.js'
import { startDjangoServer, type DjangoServer } from './django-server.js'

const PYTHON = process.env['TEST_DJANGO_PYTHON'] ?? '/usr/bin/python3'
const PROJECT = fileURLToPath(new URL('../django/project', import.meta.url))
const TYPIST = fileURLToPath(new URL('./terminal.py', import.meta.url))

/** Between what a script prints and its answer. */
const ANSWER = '--answer--'

const run = promisify(execFile)

/** What a Django project is made of, beyond Django's own apps. */
export interface DjangoOptions {
  /** `kinds`: a model of every kind of field. `people`: a user model of its own, `people.Person`. `members`: one whose key is a UUID. `shop`: products in its admin. */
  readonly apps?: readonly ('kinds' | 'people' | 'members' | 'shop')[]
  /** More for the environment: `DJANGO_SECRET_KEY` for one. */
  readonly environment?: Readonly<Record<string, string>>
}

/** A Django project on one database. */
export interface Django {
  /** Runs `manage.py` and gives what it printed. Throws with what it complained when it fails. */
  run(command: readonly string[]): Promise<string>
  /** Runs a script in the project; what it hands to `answer()` comes back. `given` is there as a variable of that name. */
  python<T>(script: string, given?: unknown): Promise<T>
  /** Makes the migrations of the project's own apps, as a developer would. They belong to this object alone. */
  makeMigrations(): Promise<void>
  /** Starts its server, with a shell beside it, and more in its environment. Whoever calls this stops it. */
  serve(more?: DjangoOptions['environment']): Promise<DjangoServer>
  /** Runs `manage.py` at a terminal: each step waits for a text on the screen and types another. Gives what the screen showed. */
  typing(command: readonly string[], steps: readonly (readonly [waitFor: string, type: string])[]): Promise<string>
}

/** The release of Django here, such as `'3.2.25'`, or null. */
export const djangoRelease: string | null = await findDjango()

/** Whether Django here is of that release or newer. */
export function djangoIsAtLeast(release: string): boolean {
  return djangoRelease !== null && djangoRelease.localeCompare(release, 'en', { numeric: true }) >= 0
}

/** Makes a Django project on a database. */
export function django(engine: TestEngine['engine'], url: string, options: DjangoOptions = {}): Django {
  const folder = mkdtempSync(join(tmpdir(), 'portcullis_django_'))
  made.push(folder)
  mkdirSync(join(folder, 'made_migrations'))
  writeFileSync(join(folder, 'made_migrations', '__init__.py'), '')
  const environment = {
    ...process.env,
    ...databaseEnvironment(engine, url),
    ...options.environment,
    DJANGO_SETTINGS_MODULE: 'settings',
    DJANGO_EXTRA_APPS: (options.apps ?? []).join(' '),
    PYTHONPATH: `${folder}:${PROJECT}`,
    PYTHONDONTWRITEBYTECODE: '1',
  }
  const python = async (args: readonly string[]): Promise<string> => {
    try {
      return (await run(PYTHON, ['-W', 'ignore', ...args], { cwd: folder, env: environment, maxBuffer: 1 << 26 })).stdout
    } catch (error) {
      const { stdout, stderr } = error as { stdout: string; stderr: string }
      // The end says what went wrong; the rest is Django's own call stack.
      throw new Error(`Django failed: ${args.join(' ').slice(0, 200)}\n${stdout}\n${stderr.split('\n').slice(-12).join('\n')}`)
    }
  }
  return {
    run: (command) => python([join(PROJECT, 'manage.py'), ...command]),
    async python<T>(script: string, given: unknown = null): Promise<T> {
      const file = join(folder, 'script.py')
      writeFileSync(file, `${PROLOGUE}\n${script}\n`)
      const printed = await python([file, JSON.stringify(given)])
      const at = printed.lastIndexOf(ANSWER)
      return (at < 0 ? null : JSON.parse(printed.slice(at + ANSWER.length))) as T
    },
    serve: async (more) => startDjangoServer({ python: PYTHON, project: PROJECT, folder, environment: { ...environment, ...more } }),
    async typing(command, steps) {
      const argv = [PYTHON, '-W', 'ignore', join(PROJECT, 'manage.py'), ...command]
      const { screen, exitCode } = await typeInto({ argv, cwd: folder, env: environment, steps, timeout: 60 })
      if (exitCode !== 0) throw new Error(`Django failed: ${command.join(' ')}\n${screen}`)
      return screen
    },
    makeMigrations: async () => void (await python([join(PROJECT, 'manage.py'), 'makemigrations', '-v0', ...(options.apps ?? [])])),
  }
}

/** What a test with a Django on its database is given. */
export interface DjangoSite {
  readonly database: Database
  readonly django: Django
  readonly url: string
}

/**
 * Declares `tests` once for every kind of database that answers, where there is a Django. `site` makes an empty database, open
 * here and known to a Django project.
 *
 * @example
 * eachDjango((engine, site) => {
 *   test('sees what Django made', async () => {
 *     const { database, django } = await site()
 *     await django.run(['migrate', '-v0'])
 *   })
 * })
 */
export function eachDjango(tests: (engine: TestEngine, site: (options?: DjangoOptions) => Promise<DjangoSite>) => void): void {
  // Which package opens the file makes no difference to Django.
  const kinds = engines.filter((one) => one.name !== 'better-sqlite3')
  describe.skipIf(djangoRelease === null).each(kinds.map((one) => [one.name, one] as const))(
    `%s, Django ${djangoRelease}`,
    { timeout: 120_000 },
    (_name, engine) => {
      const databases: PrivateDatabase[] = []
      const opened: Database[] = []
      afterAll(async () => {
        await Promise.all(opened.map((one) => one.close()))
        for (const one of databases) await one.drop()
      })
      tests(engine, async (options) => {
        const one = await engine.create()
        databases.push(one)
        const database = openDatabase(one.source())
        opened.push(database)
        return { database, django: django(engine.engine, one.url, options), url: one.url }
      })
    },
  )
}

const PROLOGUE = `
import json, sys
import django
django.setup()
given = json.loads(sys.argv[1])
def answer(value):
    print("${ANSWER}" + json.dumps(value, default=str))
`

const made: string[] = []
process.once('exit', () => {
  for (const one of made) rmSync(one, { recursive: true, force: true })
})

function databaseEnvironment(engine: TestEngine['engine'], url: string): Record<string, string> {
  if (engine === 'sqlite') return { DJANGO_DB_ENGINE: engine, DJANGO_DB_NAME: url }
  const { hostname, port, username, password, pathname } = new URL(url)
  return {
    DJANGO_DB_ENGINE: engine,
    DJANGO_DB_HOST: hostname,
    DJANGO_DB_PORT: port,
    DJANGO_DB_NAME: decodeURIComponent(pathname.slice(1)),
    DJANGO_DB_USER: decodeURIComponent(username),
    DJANGO_DB_PASSWORD: decodeURIComponent(password),
  }
}

/** Runs a program at a terminal of its own (test/support/terminal.py). */
async function typeInto(task: object): Promise<{ readonly screen: string; readonly exitCode: number }> {
  const typist = run('python3', [TYPIST])
  typist.child.stdin?.end(JSON.stringify(task))
  return JSON.parse((await typist).stdout) as { screen: string; exitCode: number }
}

async function findDjango(): Promise<string | null> {
  try {
    const { stdout } = await run(PYTHON, ['-c', 'import django; print(django.get_version())'], { cwd: dirname(PROJECT) })
    return stdout.trim()
  } catch (error) {
    const reason = `no Django at ${PYTHON}: apt-get install python3-django python3-psycopg2 python3-mysqldb python3-argon2 python3-bcrypt`
    if (process.env['CI']) throw new Error(`${reason}. With CI set it may not be missing.`, { cause: error })
    console.info(`skipped: ${reason}`)
    return null
  }
}
