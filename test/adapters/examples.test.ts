import { spawn, spawnSync, type ChildProcess } from 'node:child_process'
import { cpSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { build } from 'esbuild'
import { afterAll, describe, expect, onTestFinished, test } from 'vitest'
import { overSocket, Visitor, type Send } from './client.js'

const ROOT = fileURLToPath(new URL('../../', import.meta.url))
/** Inside the repository, so that packages are found; git ignores it. */
const WORK = join(ROOT, '.vitest/examples')
const FROM_SOURCES = [
  '--disable-warning=ExperimentalWarning',
  '--conditions=portcullis-source',
  '--import',
  join(ROOT, 'test/support/typescript.mjs'),
]

const folder = mkdtempSync(join(tmpdir(), 'portcullis_examples_'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

/** Starts a server and waits until it says where it listens. */
async function serve(args: readonly string[], options: { readonly cwd?: string; readonly port?: number } = {}): Promise<Send> {
  const env = {
    ...process.env,
    PORT: String(options.port ?? 0),
    DATABASE: join(mkdtempSync(join(folder, 'database-')), 'shop.db'),
    NEXT_TELEMETRY_DISABLED: '1',
  }
  const child = spawn(process.execPath, args, { cwd: options.cwd ?? ROOT, env, stdio: ['ignore', 'pipe', 'pipe'] })
  onTestFinished(() => stop(child))
  const errors: string[] = []
  child.stderr.setEncoding('utf8').on('data', (text: string) => errors.push(text))
  for await (const line of createInterface({ input: child.stdout })) {
    const port = /https?:\/\/[^\s/]+:(\d+)/.exec(line)?.[1]
    if (port !== undefined) {
      child.stdout.resume()
      return overSocket(Number(port))
    }
  }
  throw new Error(`The example ended: ${errors.join('')}`)
}

async function stop(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null) return
  const ended = new Promise((resolve) => child.once('exit', resolve))
  child.kill()
  await ended
}

const PASSWORD = 'notes on the engine 1842'

/** Signs up, looks at pages, is refused, and leaves: what every example is there to show. */
async function walk(send: Send, path = { members: '/members', products: '/products' }): Promise<Visitor> {
  const visitor = new Visitor(send)
  expect((await visitor.get('/')).text).toContain('Hello stranger')
  const refused = await visitor.get(path.members)
  expect([302, 307]).toContain(refused.status)
  expect(refused.headers.get('location')).toBe('/accounts/login/?next=/members')

  await visitor.get('/accounts/register/')
  const registered = await visitor.post('/accounts/register/', {
    username: 'ada',
    email: 'ada@example.com',
    password1: PASSWORD,
    password2: PASSWORD,
  })
  expect([registered.status, registered.text.match(/class="pc-error[^]*?<\/\w+>/)?.[0]]).toEqual([303, undefined])
  if ((await visitor.get('/')).text.includes('stranger')) {
    await visitor.get('/accounts/login/')
    expect((await visitor.post('/accounts/login/', { username: 'ada', password: PASSWORD })).status).toBe(303)
  }
  expect((await visitor.get('/')).text).toMatch(/Hello (?:<!-- -->)?ada/)
  expect((await visitor.get(path.members)).text).toMatch(/Welcome back, (?:<!-- -->)?ada/)

  const form = await visitor.post(path.products, { name: 'Brass gear' })
  expect([form.status, form.headers.get('location')]).toEqual([303, '/accounts/login/?next=/products'])
  const program = await visitor.postJson(path.products, { name: 'Brass gear' })
  expect([program.status, program.json()]).toMatchObject([403, { error: { code: 'permission_denied' } }])
  expect((await visitor.post(path.products, { name: 'Brass gear', csrfmiddlewaretoken: 'x' })).status).toBe(403)

  expect((await visitor.post('/accounts/logout/')).status).toBeLessThan(400)
  expect((await visitor.get('/')).text).toContain('Hello stranger')
  return visitor
}

describe('the examples', { timeout: 60_000 }, () => {
  test.each(['node', 'fastify', 'hono', 'koa'])('%s runs as it stands', async (name) => {
    await walk(await serve([...FROM_SOURCES, join(ROOT, `examples/${name}/server.ts`)]))
  })

  test('nest runs once its decorators are compiled', async () => {
    const outfile = join(WORK, 'nest.mjs')
    await build({
      entryPoints: [join(ROOT, 'examples/nest/server.ts')],
      outfile,
      bundle: true,
      format: 'esm',
      platform: 'node',
      packages: 'external',
      tsconfigRaw: { compilerOptions: { experimentalDecorators: true } },
    })
    await walk(await serve([...FROM_SOURCES, outfile]))
  })

  test('nest compiles with its own settings', () => {
    const { stdout } = spawnSync(join(ROOT, 'node_modules/.bin/tsc'), ['--noEmit', '-p', 'examples/nest'], { cwd: ROOT, encoding: 'utf8' })
    expect(stdout.split('\n').filter((line) => line.startsWith('examples/'))).toEqual([])
  })

  test('next compiles with its own settings', () => {
    const args = ['--noEmit', '--incremental', 'false', '--customConditions', 'portcullis-source', '-p', 'examples/next']
    const { stdout } = spawnSync(join(ROOT, 'node_modules/.bin/tsc'), args, { cwd: ROOT, encoding: 'utf8' })
    expect(stdout.split('\n').filter((line) => line.startsWith('examples/'))).toEqual([])
  })
})

if (process.env['CI'] === undefined)
  console.info('skipped: next build takes a minute or two; set CI, and examples/next is built, started and walked through')
else
  describe('examples/next', { timeout: 300_000 }, () =>
    test('is built by Next, starts, and does what the others do, in components and actions too', walkNext),
  )

async function walkNext(): Promise<void> {
  const home = join(WORK, 'next')
  await packNext(home)
  const next = join(ROOT, 'node_modules/next/dist/bin/next')
  const built = spawnSync(process.execPath, [next, 'build'], { cwd: home, encoding: 'utf8', env: { ...process.env, NEXT_TELEMETRY_DISABLED: '1' } })
  expect(built.status, `${built.stdout}${built.stderr}`).toBe(0)
  const send = await serve([next, 'start', '-p', '0'], { cwd: home })
  const visitor = await walk(send)

  // F8: what Next says to itself opens nothing.
  const inside = {
    'x-middleware-subrequest': 'middleware:middleware:middleware:middleware:middleware',
    'x-forwarded-host': 'evil.test',
    'x-forwarded-proto': 'https',
  }
  const refused = await visitor.get('/members', inside)
  expect([refused.status, refused.headers.get('location')]).toEqual([307, '/accounts/login/?next=/members'])
  for (const twin of ['/members.rsc', '/members?_rsc=x', '/MEMBERS', '/%6dembers'])
    expect((await visitor.get(twin, { rsc: '1' })).text).not.toContain('Welcome back')

  // A form of a server action, without scripts.
  const action = /name="(\$ACTION_ID_\w+)"/
  const form = async (path: string, fields: Readonly<Record<string, string>>, headers: Readonly<Record<string, string>> = {}) => {
    const data = new FormData()
    data.append(action.exec((await visitor.get(path)).text)?.[1] ?? 'no action', '')
    for (const [name, value] of Object.entries(fields)) data.append(name, value)
    return visitor.postMultipart(path, data, { origin: 'http://localhost', ...headers })
  }
  expect((await form('/login', { username: 'ada', password: 'wrong' })).headers.get('location')).toMatch(/\/login\?wrong$/)
  for (const origin of ['null', 'http://evil.test']) {
    await form('/login', { username: 'ada', password: PASSWORD }, { origin })
    expect(visitor.cookies.has('sessionid')).toBe(false)
  }
  const entered = await form('/login', { username: 'ada', password: PASSWORD })
  expect([entered.status, entered.headers.get('location')]).toEqual([303, expect.stringMatching(/\/members$/)])
  expect(entered.headers.getSetCookie().join('\n')).toMatch(/^sessionid=[a-z0-9]{32};.*HttpOnly/im)
  expect((await visitor.get('/members')).text).toMatch(/Welcome back, (?:<!-- -->)?ada/)
  const left = await form('/', {})
  expect(left.status).toBe(303)
  expect(visitor.cookies.has('sessionid')).toBe(false)
  expect((await visitor.get('/')).text).toContain('Hello stranger')
}

/** The example beside a package of our sources, as npm would install it. Its types were checked before. */
async function packNext(home: string): Promise<void> {
  rmSync(home, { recursive: true, force: true })
  cpSync(join(ROOT, 'examples/next'), home, { recursive: true })
  cpSync(join(home, 'next.config.ts'), join(home, 'example.config.ts'))
  writeFileSync(
    join(home, 'next.config.ts'),
    "import example from './example.config'\nexport default { ...example, typescript: { ignoreBuildErrors: true } }\n",
  )
  const here = join(home, 'node_modules/portcullis')
  mkdirSync(here, { recursive: true })
  cpSync(join(ROOT, 'package.json'), join(here, 'package.json'))
  const sources = readdirSync(join(ROOT, 'src'), { recursive: true, withFileTypes: true })
  const entryPoints = sources
    .filter(({ name }) => /\.tsx?$/.test(name) && !/\.test(?:-d)?\.tsx?$/.test(name))
    .map(({ parentPath, name }) => join(parentPath, name))
  await build({
    entryPoints,
    outdir: join(here, 'dist'),
    outbase: join(ROOT, 'src'),
    format: 'esm',
    platform: 'node',
    target: 'es2024',
    jsx: 'automatic',
    jsxImportSource: 'hono/jsx',
  })
}
