import { afterAll, describe, expect, test } from 'vitest'
import { passwordHashers, type HasherName } from '../../src/passwords/password-hashers.js'
import { PasswordService } from '../../src/passwords/password-service.js'
import { DateTime, LogEntry, portcullis } from '../../src/index.js'
import { mysql } from '../../src/mysql.js'
import { postgres } from '../../src/postgres.js'
import { sqlite } from '../../src/sqlite.js'
import { quick } from '../support/shop.js'
import { eachDjango, type DjangoSite } from '../support/django.js'
import type { TestEngine } from '../support/databases.js'

/** Both sides sign with the same key, so that session hashes agree too. */
const secretKey = 'a-secret-that-both-sides-know-0123456789abcdefghijklmnopqrstuvwxyz'
const environment = { DJANGO_SECRET_KEY: secretKey }

/** What Debian's Django can make and check; portcullis knows them all. */
const ALGORITHMS = ['pbkdf2_sha256', 'pbkdf2_sha1', 'argon2', 'bcrypt_sha256', 'bcrypt', 'md5'] as const satisfies readonly HasherName[]
/** As cheap as each goes, so that the test measures agreement and not patience. */
const costs = {
  pbkdf2: { iterations: 1000 },
  argon2: { memory: 64, passes: 1, parallelism: 1, hashBytes: 32 },
  bcrypt: { rounds: 4 },
  scrypt: { n: 16, r: 8, p: 1 },
}
const PASSWORD = 'pässwörd ☃ with spaces '

function siteOn(engine: TestEngine, url: string) {
  const database = engine.engine === 'sqlite' ? sqlite(url) : engine.engine === 'postgres' ? postgres(url) : mysql(url)
  return portcullis({
    ...quick,
    secretKey,
    database,
    passwords: { hashers: { preferred: 'pbkdf2_sha256', accepted: [...ALGORITHMS], costs }, upgrades: 'never' },
  })
}
type Site = ReturnType<typeof siteOn>

/** Everything a Django can be asked about its users, in the shape the same questions have here. */
const ASK_DJANGO = `
from django.contrib.auth.models import User, Group, Permission
from django.contrib.contenttypes.models import ContentType
def stamp(value):
    return None if value is None else value.isoformat(sep=" ", timespec="microseconds")[:26]
answer({
    "users": [[u.pk, u.username, u.first_name, u.last_name, u.email, u.is_staff, u.is_active, u.is_superuser, stamp(u.date_joined), stamp(u.last_login),
               u.get_session_auth_hash(), sorted(u.get_all_permissions()), sorted(g.name for g in u.groups.all())] for u in User.objects.order_by("pk")],
    "groups": [[g.name, sorted(f"{p.content_type.app_label}.{p.codename}" for p in g.permissions.all())] for g in Group.objects.order_by("name")],
    "permissions": [[p.content_type.app_label, p.content_type.model, p.codename, p.name] for p in Permission.objects.all()],
    "contentTypes": sorted([c.app_label, c.model] for c in ContentType.objects.all()),
})
`

interface Facts {
  readonly users: unknown[]
  readonly groups: unknown[]
  readonly permissions: unknown[]
  readonly contentTypes: unknown[]
}

async function factsHere(site: Site): Promise<Facts> {
  const users: unknown[] = []
  for (const user of await site.users.all({ orderBy: 'id' })) {
    const groups = (await user.groups.all()).map((one) => one.name).toSorted()
    const stamp = (value: DateTime | null): string | null => value?.toMicrosecondString().replace('T', ' ').slice(0, 26) ?? null
    users.push([
      user.pk,
      user.username,
      user.firstName,
      user.lastName,
      user.email,
      user.isStaff,
      user.isActive,
      user.isSuperuser,
      stamp(user.dateJoined),
      stamp(user.lastLogin),
      user.getSessionAuthHash(),
      [...(await user.getAllPermissions())].toSorted(),
      groups,
    ])
  }
  const types = new Map((await site.contentTypes.all()).map((one) => [one.id, one]))
  const naming = (id: number): readonly [string, string] => [types.get(id)?.appLabel ?? '', types.get(id)?.model ?? '']
  const groups: unknown[] = []
  for (const group of await site.groups.all({ orderBy: 'name' })) {
    groups.push([group.name, (await group.permissions.all()).map((one) => `${naming(one.contentType)[0]}.${one.codename}`).toSorted()])
  }
  return {
    users,
    groups,
    permissions: (await site.permissions.all()).map((one) => [...naming(one.contentType), one.codename, one.name]),
    contentTypes: [...types.values()].map((one) => one.naturalKey()).toSorted(),
  }
}

/** Users of every status with grants of their own and through groups, drawn by a fixed generator so that a failure can be repeated. */
const RANDOM_GRANTS = `
import random
from django.contrib.auth.models import User, Group, Permission
draw = random.Random(given)
permissions = list(Permission.objects.all())
groups = [Group.objects.create(name=f"group {n}") for n in range(8)]
for group in groups:
    group.permissions.set(draw.sample(permissions, draw.randrange(0, 6)))
for n in range(25):
    user = User.objects.create_user(f"user{n}", f"User{n}@EXAMPLE.com", None, first_name="Ünï", is_active=draw.random() < 0.8, is_superuser=draw.random() < 0.1)
    user.groups.set(draw.sample(groups, draw.randrange(0, 4)))
    user.user_permissions.set(draw.sample(permissions, draw.randrange(0, 5)))
`

describe('a real Django agrees', () => {
  eachDjango((engine, makeSite) => {
    const sites: Site[] = []
    afterAll(async () => {
      await Promise.all(sites.map((one) => one.close()))
    })
    const pair = async (): Promise<DjangoSite & { site: Site }> => {
      const made = await makeSite({ environment })
      const site = siteOn(engine, made.url)
      sites.push(site)
      return { ...made, site }
    }

    test('on everything about users, groups, permissions and content types that Django made', async () => {
      const { site, django } = await pair()
      await django.run(['migrate', '-v0'])
      await django.python(RANDOM_GRANTS, 7)
      // Django's tables are as they should be: what is left is our own record of what we make.
      const work = (await site.migrationPlan()).work({ destructive: true })
      expect(work.filter((one) => !JSON.stringify(one).includes('portcullis'))).toEqual([])
      await site.migrate()
      expect((await site.migrationPlan()).isEmpty).toBe(true)
      const theirs = await django.python<Facts>(ASK_DJANGO)
      expect(theirs.permissions).toHaveLength(24)
      expect(theirs.users).toHaveLength(25)
      expect(await factsHere(site)).toEqual(theirs)
      for (const { appLabel, codename } of [
        { appLabel: 'auth', codename: 'add_user' },
        { appLabel: 'admin', codename: 'view_logentry' },
      ]) {
        const holders = await django.python<string[]>(
          `from django.contrib.auth.models import User\nanswer(sorted(u.username for u in User.objects.with_perm(given)))`,
          `${appLabel}.${codename}`,
        )
        expect((await site.users.withPerm(`${appLabel}.${codename}` as 'auth.add_user')).map((one) => one.username).toSorted()).toEqual(holders)
      }
    })

    test('on everything that portcullis made', async () => {
      const { site, django } = await pair()
      await site.migrate()
      const group = await site.groups.create({ name: 'Éditeurs', permissions: ['auth.change_user', 'auth.view_group'] })
      const ada = await site.users.createUser({
        username: 'ada',
        email: 'Ada@EXAMPLE.com',
        firstName: 'Ada',
        lastLogin: DateTime.from('2026-01-02 03:04:05.678901'),
      })
      await ada.groups.add(group)
      await ada.userPermissions.add('sessions.delete_session')
      await site.users.createSuperuser({ username: 'root' })
      await site.users.createUser({ username: 'gone', isActive: false, isSuperuser: true })
      await site.permissions.create({
        codename: 'can_export',
        name: 'Can export',
        contentType: await site.contentTypes.getByNaturalKey('auth', 'user'),
      })
      const theirs = await django.python<Facts>(ASK_DJANGO)
      expect(theirs).toEqual(await factsHere(site))
      await django.run(['migrate', '--check'])
      expect(await django.run(['makemigrations', '--check', '--dry-run'])).toContain('No changes')
      // Running Django's own migrate afterwards adds nothing and takes nothing away.
      await django.run(['migrate', '-v0'])
      expect(await django.python<Facts>(ASK_DJANGO)).toEqual(theirs)
    })

    test.each(ALGORITHMS)(
      'on hashes made with %s by either',
      async (algorithm) => {
        const { site, django } = await pair()
        await site.migrate()
        const theirs = await django.python<string>(
          `from django.contrib.auth.models import User\nfrom django.contrib.auth.hashers import make_password\nanswer(User.objects.create(username="theirs", password=make_password(given[0], hasher=given[1])).password)`,
          [PASSWORD, algorithm],
        )
        expect(theirs.startsWith(`${algorithm}$`)).toBe(true)
        const seen = await site.users.get({ username: 'theirs' })
        expect([await seen.checkPassword(PASSWORD), await seen.checkPassword(PASSWORD.trim())]).toEqual([true, false])
        expect((await site.authenticate(null, { username: 'theirs', password: PASSWORD }))?.pk).toBe(seen.pk)
        const maker = new PasswordService({ hashers: passwordHashers({ preferred: algorithm, accepted: [], costs }) })
        await site.users.bulkCreate([{ username: 'ours', encodedPassword: await maker.make(PASSWORD) }])
        const checked = await django.python<boolean[]>(
          `from django.contrib.auth.models import User\nuser = User.objects.get(username="ours")\nanswer([user.check_password(given), user.check_password(given.strip()), user.has_usable_password()])`,
          PASSWORD,
        )
        expect(checked).toEqual([true, false, true])
      },
      60_000,
    )

    test('on passwords that were made unusable by either', async () => {
      const { site, django } = await pair()
      await site.migrate()
      await site.users.createUser({ username: 'ours' })
      const answer = await django.python<boolean[]>(
        `from django.contrib.auth.models import User\nUser.objects.create_user("theirs")\nanswer([u.has_usable_password() for u in User.objects.all()] + [User.objects.get(username="ours").check_password("")])`,
      )
      expect(answer).toEqual([false, false, false])
      expect((await site.users.get({ username: 'theirs' })).hasUsablePassword()).toBe(false)
    })

    test('on deletions made by either, and neither leaves orphans (DM-6)', async () => {
      const { site, django } = await pair()
      await django.run(['migrate', '-v0'])
      await django.python(RANDOM_GRANTS, 11)
      await django.python(`
from django.contrib.auth.models import User
from django.contrib.admin.models import LogEntry, CHANGE
from django.contrib.contenttypes.models import ContentType
for user in User.objects.all()[:6]:
    LogEntry.objects.log_action(user.pk, ContentType.objects.get_for_model(User).pk, str(user.pk), str(user), CHANGE, [])`)
      const [first, second] = await site.users.all({ orderBy: 'id', limit: 2 })
      await first?.delete()
      await site.groups.delete({ name: { in: ['group 1', 'group 2'] } })
      await site.permissions.delete({ codename: 'add_user' })
      expect(await django.python(ORPHANS)).toEqual([0, 0, 0, 0, 0])
      expect(await django.python<Facts>(ASK_DJANGO)).toEqual(await factsHere(site))
      expect(await site.objects(LogEntry).count({ user: second?.pk as number })).toBe(1)
      await (await site.contentTypes.getByNaturalKey('auth', 'user')).delete()
      expect(await site.objects(LogEntry).count({ contentType: null })).toBe(5)
      expect(await django.python(ORPHANS)).toEqual([0, 0, 0, 0, 0])
      await django.python(
        `from django.contrib.auth.models import User, Group\nUser.objects.get(pk=given).delete()\nGroup.objects.get(name="group 3").delete()`,
        second?.pk,
      )
      site.contentTypes.clearCache()
      expect(await site.users.find({ pk: second?.pk as number })).toBeNull()
      expect(await site.groups.find({ name: 'group 3' })).toBeNull()
      expect(await django.python<Facts>(ASK_DJANGO)).toEqual(await factsHere(site))
    })
  })
})

/** Rows of the tables between that point to nothing, and history of nobody. */
const ORPHANS = `
from django.db import connection
def count(sql):
    with connection.cursor() as cursor:
        cursor.execute(sql)
        return cursor.fetchone()[0]
answer([
    count("select count(*) from auth_user_groups x left join auth_user u on u.id = x.user_id left join auth_group g on g.id = x.group_id where u.id is null or g.id is null"),
    count("select count(*) from auth_user_user_permissions x left join auth_user u on u.id = x.user_id left join auth_permission p on p.id = x.permission_id where u.id is null or p.id is null"),
    count("select count(*) from auth_group_permissions x left join auth_group g on g.id = x.group_id left join auth_permission p on p.id = x.permission_id where g.id is null or p.id is null"),
    count("select count(*) from auth_permission p left join django_content_type c on c.id = p.content_type_id where c.id is null"),
    count("select count(*) from django_admin_log l left join auth_user u on u.id = l.user_id where u.id is null"),
])
`
