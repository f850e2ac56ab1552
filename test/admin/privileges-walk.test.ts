/**
 * Staff who are no superusers do thousands of things at random, forged ones too. After each, whatever anybody has gained the one who did it had;
 * and nobody who may more than they was touched (I6).
 */
import { describe, expect, test } from 'vitest'
import { sql } from 'kysely'
import type { AdminSite } from '../../src/site-admin.js'
import { sqlite } from '../../src/sqlite.js'
import { createClient, createFactories, type TestClient } from '../../src/testing.js'
import { accountsOn, type Accounts } from '../support/account-pages.js'
import { engines } from '../support/databases.js'
import { Category, Product, type Customer } from '../support/shop.js'

type Shop = Accounts['auth']

const GRANT_ANY = 'portcullis.grant_any_permission'
const PASSWORD = 'seven mugs of cold tea'
/** How far the walk goes; `TEST_WALK=100000` makes it longer. */
const STEPS = Number(process.env['TEST_WALK'] ?? 10_000)
if (process.env['TEST_WALK'] === undefined) console.info(`the walk: ${STEPS} steps; TEST_WALK=<number> for another number of them`)
const STEPS_ON_SERVERS = 300
/** The walk on the embedded database, with room for a machine that is busy with other things. */
const PATIENCE = 600_000

const MANAGING = [
  ...['view', 'add', 'change', 'delete'].flatMap((one) => [`shop.${one}_customer`, `auth.${one}_group`, `auth.${one}_permission`]),
  'contenttypes.view_contenttype',
  'contenttypes.delete_contenttype',
]
const DOMAIN = [
  'shop.view_product',
  'shop.add_product',
  'shop.change_product',
  'shop.delete_product',
  'shop.publish_product',
  'shop.view_tag',
  'shop.add_tag',
  'shop.view_category',
]

/** Numbers that look random, and are the same for the same seed. */
function dice(seed: number) {
  let state = seed
  const roll = (): number => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296
  }
  const below = (most: number): number => Math.floor(roll() * most)
  return {
    below,
    chance: (share: number): boolean => roll() < share,
    one: <T>(list: readonly T[]): T => list[below(list.length)] as T,
    some: <T>(list: readonly T[], share: number): T[] => list.filter(() => roll() < share),
  }
}

/** Somebody as the tables have them. */
interface Person {
  readonly key: number
  readonly username: string
  readonly email: string
  readonly password: string
  readonly isSuperuser: boolean
  readonly isStaff: boolean
  readonly isActive: boolean
  readonly groups: ReadonlySet<number>
  readonly direct: ReadonlySet<string>
  /** What they may, or would if they were switched on. */
  readonly rights: ReadonlySet<string>
}

interface World {
  readonly people: ReadonlyMap<number, Person>
  readonly groups: ReadonlyMap<number, ReadonlySet<string>>
  readonly permissions: ReadonlyMap<number, string>
}

/** Reads everything there is about rights, past every manager and cache. */
async function look(shop: Shop): Promise<World> {
  const { database } = shop.internals.registry
  const rows = async <Row>(text: string): Promise<Row[]> => database.execute<Row>(sql.raw<Row>(text))
  const names = new Map(
    (await rows<{ id: number; app: string; codename: string }>(NAMES)).map(({ id, app, codename }) => [Number(id), `${app}.${codename}`]),
  )
  const groups = new Map<number, Set<string>>(
    (await rows<{ id: number }>('select id from auth_group')).map(({ id }) => [Number(id), new Set<string>()]),
  )
  for (const { owner, key } of await rows<Pair>(
    'select group_id as owner, permission_id as "key" from auth_group_permissions'.replaceAll('"', quote(shop)),
  ))
    groups.get(Number(owner))?.add(names.get(Number(key)) ?? '')
  const memberships = await rows<Pair>('select customer_id as owner, group_id as "key" from shop_customer_groups'.replaceAll('"', quote(shop)))
  const grants = await rows<Pair>(
    'select customer_id as owner, permission_id as "key" from shop_customer_user_permissions'.replaceAll('"', quote(shop)),
  )
  const people = new Map<number, Person>()
  for (const row of await rows<Row>('select id, username, email, password, is_superuser, is_staff, is_active from shop_customer')) {
    const key = Number(row.id)
    const own = new Set(memberships.filter((one) => Number(one.owner) === key).map((one) => Number(one.key)))
    const direct = new Set(grants.filter((one) => Number(one.owner) === key).map((one) => names.get(Number(one.key)) ?? ''))
    const rights = new Set([...direct, ...[...own].flatMap((group) => [...(groups.get(group) ?? [])])])
    people.set(key, {
      key,
      username: row.username,
      email: row.email,
      password: row.password,
      isSuperuser: isTrue(row.is_superuser),
      isStaff: isTrue(row.is_staff),
      isActive: isTrue(row.is_active),
      groups: own,
      direct,
      rights,
    })
  }
  return { people, groups, permissions: names }
}

const NAMES = `select p.id as id, ct.app_label as app, p.codename as codename from auth_permission p join django_content_type ct on ct.id = p.content_type_id`
interface Pair {
  readonly owner: number
  readonly key: number
}
interface Row {
  readonly id: number
  readonly username: string
  readonly email: string
  readonly password: string
  readonly is_superuser: unknown
  readonly is_staff: unknown
  readonly is_active: unknown
}

function quote(shop: Shop): string {
  return shop.internals.registry.database.engine === 'mysql' ? '`' : '"'
}

function isTrue(value: unknown): boolean {
  return value === true || value === 1
}

/** What a step did that it may not have done, by the rule alone: a sentence each. */
function violations(before: World, after: World, actorKey: number): string[] {
  const actor = before.people.get(actorKey)
  if (actor === undefined) return ['acted after their account was gone']
  const found: string[] = []
  const may = (permission: string): boolean => actor.rights.has(permission)
  const isStronger = (person: Person): boolean => person.key !== actorKey && (person.isSuperuser || [...person.rights].some((one) => !may(one)))
  for (const [key, was] of before.people) {
    const now = after.people.get(key)
    if (now === undefined) {
      if (isStronger(was)) found.push(`deleted ${was.username}, who may more`)
      continue
    }
    const isTouched =
      was.username !== now.username ||
      was.email !== now.email ||
      was.password !== now.password ||
      was.isSuperuser !== now.isSuperuser ||
      was.isStaff !== now.isStaff ||
      was.isActive !== now.isActive ||
      !isSame(was.direct, now.direct) ||
      !isSame(was.groups, now.groups)
    // Groups that are gone take their members along; that is a matter of the group.
    const hasLostGroups =
      [...was.groups].every((one) => now.groups.has(one) || !after.groups.has(one)) && [...now.groups].every((one) => was.groups.has(one))
    const isOnlyThat =
      hasLostGroups &&
      isSame(was.direct, now.direct) &&
      was.email === now.email &&
      was.password === now.password &&
      was.username === now.username &&
      was.isActive === now.isActive &&
      was.isStaff === now.isStaff &&
      was.isSuperuser === now.isSuperuser
    if (isTouched && !isOnlyThat && isStronger(was)) found.push(`changed ${was.username}, who may more`)
    if (now.isSuperuser && !was.isSuperuser) found.push(`made ${was.username} a superuser`)
    for (const one of now.rights) if (!was.rights.has(one) && !may(one)) found.push(`${was.username} gained ${one}, which ${actor.username} lacks`)
  }
  for (const [key, now] of after.people) {
    if (before.people.has(key)) continue
    if (now.isSuperuser) found.push(`made a new superuser`)
    for (const one of now.rights) if (!may(one)) found.push(`a new user has ${one}`)
  }
  for (const [key, now] of after.groups) {
    const was = before.groups.get(key) ?? new Set<string>()
    for (const one of now) if (!was.has(one) && !may(one)) found.push(`a group grants ${one}, which ${actor.username} lacks`)
    for (const one of was) if (!now.has(one) && !may(one)) found.push(`a group lost ${one}, which ${actor.username} lacks`)
  }
  for (const [key, was] of before.groups)
    if (!after.groups.has(key) && [...was].some((one) => !may(one))) found.push('deleted a group that grants what they lack')
  for (const [key, was] of before.permissions) if (after.permissions.get(key) !== was) found.push(`the permission ${was} is gone or called otherwise`)
  return found
}

function isSame(one: ReadonlySet<unknown>, other: ReadonlySet<unknown>): boolean {
  return one.size === other.size && [...one].every((value) => other.has(value))
}

/** A site with people of every kind, and who of them acts. */
async function begin(shop: Shop, roll: ReturnType<typeof dice>): Promise<{ admin: AdminSite; clients: Map<number, TestClient> }> {
  const admin = shop.admin()
  admin.register(Product, {})
  admin.register(Category, {})
  const factories = createFactories(shop)
  const root = await factories.superuser({ username: 'root' })
  const door = createClient(shop, (request) => admin.fetch(request))
  await door.loginAs(root as never)
  await door.get('/admin/')
  await factories.superuser({ username: 'sleeping', isActive: false })
  for (let index = 0; index < 6; index += 1) await factories.group(roll.some(index < 2 ? [...DOMAIN, ...MANAGING] : DOMAIN, 0.3) as never)
  for (let index = 0; index < 6; index += 1) {
    const one = (await factories.user()) as unknown as Customer
    await one.userPermissions.add(...(roll.some(index === 0 ? [...DOMAIN, GRANT_ANY] : DOMAIN, 0.3) as never[]))
  }
  return { admin, clients: new Map() }
}

/** Somebody new on the staff, as a superuser would put them there. */
async function hire(shop: Shop, roll: ReturnType<typeof dice>): Promise<void> {
  const staff = (await createFactories(shop).user({ isStaff: true })) as unknown as Customer
  await staff.userPermissions.add(...(roll.some(MANAGING, roll.chance(0.6) ? 0.95 : 0.5) as never[]), ...(roll.some(DOMAIN, 0.5) as never[]))
  const groups = await shop.groups.all()
  if (groups.length > 0 && roll.chance(0.4)) await staff.groups.add(roll.one(groups) as never)
}

/** One thing somebody might do, or try to. */
function attempt(
  world: World,
  actor: Person,
  roll: ReturnType<typeof dice>,
  step: number,
  contentTypes: readonly number[],
): { path: string; json?: unknown; form?: Record<string, string> } {
  // More often than not somebody tries what they may; otherwise every door is only rattled at.
  const leaning = <T>(all: readonly T[], isWithin: (one: T) => boolean): T => {
    const within = all.filter(isWithin)
    return roll.one(within.length > 0 && roll.chance(0.65) ? within : all)
  }
  const mayAll = (rights: ReadonlySet<string>): boolean => [...rights].every((one) => actor.rights.has(one))
  const person = leaning([...world.people.values()], (one) => !one.isSuperuser && mayAll(one.rights))
  const user = (name: string): string => `/admin/shop/customer/${person.key}/${name}/`
  const allPermissions = [...world.permissions.keys()]
  const allGroups = [...world.groups.keys()]
  const isHeld = (key: number): boolean => actor.rights.has(world.permissions.get(key) ?? '')
  const isWeak = (key: number): boolean => mayAll(world.groups.get(key) ?? new Set())
  /** Some of what is there, and perhaps one more. */
  const nearly = (kept: readonly number[], all: readonly number[], isWithin: (key: number) => boolean): number[] => [
    ...new Set([...roll.some(kept, 0.85), ...(roll.chance(0.7) && all.length > 0 ? [leaning(all, isWithin)] : [])]),
  ]
  const keysOf = (names: ReadonlySet<string>): number[] => [...world.permissions].filter(([, name]) => names.has(name)).map(([key]) => key)
  const group = allGroups.length === 0 ? 0 : leaning(allGroups, isWeak)
  const permission = leaning(allPermissions, isHeld)
  switch (roll.below(16)) {
    case 0:
    case 1:
      return { path: user('change'), json: { user_permissions: nearly(keysOf(person.direct), allPermissions, isHeld) } }
    case 2:
    case 3:
      return { path: user('change'), json: { groups: nearly([...person.groups], allGroups, isWeak) } }
    case 4:
      return {
        path: user('change'),
        json: roll.one<object>([
          { is_superuser: !person.isSuperuser },
          { is_staff: roll.chance(0.7) },
          { is_active: roll.chance(0.7) },
          { email: `mail${step}@example.com` },
          { username: `name${step}` },
        ]),
      }
    case 5:
      return {
        path: '/admin/shop/customer/add/',
        form: { username: `new${step}`, usable_password: 'false', is_superuser: 'on', user_permissions: String(permission) },
      }
    case 6:
      return {
        path: user('password'),
        form: roll.chance(0.5)
          ? { password1: PASSWORD, password2: PASSWORD, 'set-password': '1' }
          : { usable_password: 'false', 'unset-password': '1' },
      }
    case 7:
      return { path: user('delete'), form: { post: 'yes' } }
    case 8:
      return {
        path: '/admin/shop/customer/',
        form: { action: roll.one(['activate', 'deactivate', 'delete_selected']), _selected_action: String(person.key), post: 'yes' },
      }
    case 9:
    case 10:
      return {
        path: `/admin/auth/group/${group}/change/`,
        json: {
          permissions: nearly(keysOf(world.groups.get(group) ?? new Set()), allPermissions, isHeld),
          ...(roll.chance(0.2) ? { name: `group ${step}` } : {}),
        },
      }
    case 11:
      return {
        path: '/admin/auth/group/add/',
        json: {
          name: `made ${step}`,
          permissions: roll.chance(0.6) ? roll.some(allPermissions.filter(isHeld), 0.2) : roll.some(allPermissions, 0.05),
        },
      }
    case 12:
      return {
        path: roll.chance(0.5) ? `/admin/auth/group/${group}/delete/` : '/admin/auth/group/',
        form: { post: 'yes', action: 'delete_selected', _selected_action: String(group) },
      }
    case 13:
      return {
        path: '/admin/auth/group/matrix/',
        form: { add: `${group}:${permission}`, remove: `${group}:${roll.one(allPermissions)}`, _confirmed: '1' },
      }
    case 14:
      return roll.chance(0.5)
        ? {
            path: `/admin/auth/permission/${permission}/change/`,
            json: roll.one<object>([
              { name: `words ${step}` },
              { codename: `change_customer` },
              { codename: 'grant_any_permission' },
              { content_type: roll.one(contentTypes) },
            ]),
          }
        : {
            path: '/admin/auth/permission/add/',
            json: {
              name: `Made ${step}`,
              codename: roll.one(['change_customer', 'grant_any_permission', `made_${step}`]),
              content_type: roll.one(contentTypes),
            },
          }
    default:
      return roll.one([
        { path: `/admin/auth/permission/${permission}/delete/`, form: { post: 'yes' } },
        { path: `/admin/contenttypes/contenttype/${roll.one(contentTypes)}/delete/`, form: { post: 'yes' } },
        { path: '/admin/contenttypes/contenttype/stale/', form: { type: String(roll.one(contentTypes)), _confirmed: '1' } },
        { path: user('sessions'), form: { all: 'on' } },
        { path: user('reset-link'), form: {} },
      ])
  }
}

/** Walks; the seed is in every complaint, so that a walk can be walked again. */
async function walk(shop: Shop, steps: number, seed: number): Promise<{ done: number; refused: number }> {
  const roll = dice(seed)
  const { admin, clients } = await begin(shop, roll)
  const contentTypes = (await shop.contentTypes.all()).map((one) => one.id)
  const counted = { done: 0, refused: 0 }
  let world = await look(shop)
  for (let step = 0; step < steps; step += 1) {
    const staff = (): Person[] =>
      [...world.people.values()].filter((one) => one.isStaff && one.isActive && !one.isSuperuser && !one.rights.has(GRANT_ANY))
    // Rights only dwindle on such a walk: now and then a superuser hires somebody, and those who have nothing left go.
    while (staff().filter((one) => one.rights.size >= 8).length < 6) {
      await hire(shop, roll)
      world = await look(shop)
    }
    if (world.people.size > 30) {
      const spent = [...world.people.values()].filter((one) => !one.isSuperuser && one.rights.size < 3).map((one) => one.key)
      await shop.users.delete({ pk: { in: spent } } as never)
    }
    if (world.groups.size > 12) await shop.groups.delete({ id: { in: [...world.groups.keys()].slice(6) } })
    const factories = createFactories(shop)
    if (world.groups.size < 4) await factories.group(roll.some(roll.chance(0.3) ? [...DOMAIN, ...MANAGING] : DOMAIN, 0.3) as never, `kept ${step}`)
    if (world.people.size < 14) await ((await factories.user()) as unknown as Customer).userPermissions.add(...(roll.some(DOMAIN, 0.2) as never[]))
    if (world.people.size > 30 || world.groups.size > 12 || world.groups.size < 4 || world.people.size < 14) world = await look(shop)
    const able = staff().filter((one) => one.rights.size >= 8)
    const actor = roll.one(roll.chance(0.8) && able.length > 0 ? able : staff())
    const client = clients.get(actor.key) ?? (createClient(shop, (request) => admin.fetch(request)) as unknown as TestClient)
    if (!clients.has(actor.key)) await client.loginAs((await shop.users.get({ pk: actor.key } as never)) as never)
    clients.set(actor.key, client)
    const what = attempt(world, actor, roll, step, contentTypes)
    const response = await client.post(what.path, what)
    await response.body?.cancel()
    // Whose password was changed by somebody is logged out, and comes back another time.
    if (response.status === 401 || response.status === 302 || (response.headers.get('location') ?? '').includes('/login/')) clients.delete(actor.key)
    const status = response.status
    if (status >= 500) throw new Error(`seed ${seed}, step ${step}: ${status} at ${JSON.stringify(what)}`)
    counted[status < 400 && !(response.headers.get('location') ?? '').includes('/login/') ? 'done' : 'refused'] += 1
    const after = await look(shop)
    const found = violations(world, after, actor.key)
    if (found.length > 0)
      throw new Error(
        `seed ${seed}, step ${step}: ${actor.username} (${[...actor.rights].join(', ')}) with ${JSON.stringify(what)} (${status}): ${found.join('; ')}`,
      )
    world = after
  }
  return counted
}

describe('a random walk of staff who are no superusers', () => {
  test(
    `I6: after each of ${STEPS} steps nobody has what the one who took it lacked`,
    async () => {
      const { auth } = accountsOn(sqlite(':memory:'))
      await auth.migrate()
      const { done, refused } = await walk(auth, STEPS, 20261124)
      // A walk on which everything is refused, or nothing, would show nothing.
      expect(done).toBeGreaterThan(STEPS / 10)
      expect(refused).toBeGreaterThan(STEPS / 10)
      await auth.close()
    },
    PATIENCE,
  )

  test.each(engines.filter((one) => one.engine !== 'sqlite').map((one) => [one.name, one] as const))(
    `I6: the same for ${STEPS_ON_SERVERS} steps on %s`,
    async (_name, engine) => {
      const database = await engine.create()
      const { auth } = accountsOn(database.source())
      await auth.migrate()
      await walk(auth, STEPS_ON_SERVERS, 7)
      await auth.close()
      await database.drop()
    },
    PATIENCE,
  )
})
