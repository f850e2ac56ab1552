/**
 * The public names of the design, held by the compiler: accounts, permissions, managers, the site.
 * Nothing here runs; `npm run types` reads it.
 * @module
 */

import type { AnonymousUser, Group, Permission } from 'portcullis'
import {
  abstractBaseUser,
  abstractUser,
  bigAutoField,
  booleanField,
  charField,
  checkPassword,
  decimalField,
  dumps,
  emailField,
  foreignKey,
  imageField,
  loads,
  makePassword,
  manyToManyField,
  model,
  oneToOneField,
  portcullis,
  textField,
  uuidField,
  validatePassword,
} from 'portcullis'
import { sqlite } from 'portcullis/sqlite'
import { postgres } from 'portcullis/postgres'
import { mysql } from 'portcullis/mysql'

type Equal<A, B> = (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? true : false
const holds = <T extends true>(): T => true as T

class User extends abstractUser('shop.User', {
  fields: { phone: charField({ maxLength: 20, blank: true }), newsletter: booleanField({ default: false }) },
}) {
  get displayName(): string {
    return this.getFullName() || this.username
  }
}
class Profile extends model('shop.Profile', {
  fields: { user: oneToOneField(() => User), bio: textField({ blank: true }), profilePicture: imageField({ null: true, uploadTo: 'profile_pics' }) },
}) {}
class Product extends model('shop.Product', {
  fields: {
    name: charField({ maxLength: 80 }),
    price: decimalField({ maxDigits: 8, decimalPlaces: 2 }),
    owner: foreignKey(() => User, { null: true }),
  },
  permissions: { can_do_something: 'Can do something' },
}) {}
class Invoice extends model('billing.Invoice') {}
class Member extends abstractBaseUser('club.Member', {
  fields: {
    id: uuidField({ primaryKey: true, default: () => 'f81d4fae-7dec-11d0-a765-00a0c91e6bf6' }),
    email: emailField({ unique: true }),
    badge: charField({ maxLength: 8 }),
  },
  usernameField: 'email',
  withPermissions: true,
}) {}
class Ticket extends model('club.Ticket', {
  fields: { id: bigAutoField(), holder: foreignKey(() => Member), tags: manyToManyField(() => Product) },
}) {}

const auth = portcullis({ secretKey: 'k', database: sqlite('shop.db'), user: User, profile: Profile, models: [Product, Invoice] })
const club = portcullis({ secretKey: 'k', database: postgres('postgres://localhost/club'), user: Member, models: [Ticket] })
const plain = portcullis({ secretKey: 'k', database: mysql('mysql://localhost/plain') })
const wide = portcullis({ secretKey: 'k', database: sqlite('wide.db'), permissions: ['legacy.can_fly'] as const })

export async function users(): Promise<void> {
  const user = await auth.users.createUser({ username: 'john', password: 'password', email: 'john@example.com', firstName: 'John', lastName: 'Doe' })
  holds<Equal<typeof user.phone, string>>()
  holds<Equal<typeof user.newsletter, boolean>>()
  holds<Equal<typeof user.id, number>>()
  holds<Equal<typeof user.pk, number>>()
  user.displayName satisfies string
  await auth.users.createSuperuser({ username: 'root', password: null })
  await auth.users.get({ username: 'john' })
  ;(await auth.users.find({ phone: { startsWith: '+44' }, dateJoined: { gte: new Date() } })) satisfies typeof user | null
  await auth.users.filter({ isActive: true, lastLogin: null, id: { in: [1, 2] } }, { orderBy: ['-dateJoined', 'username'], limit: 10 })
  ;(await auth.users.count()) satisfies number
  await auth.users.update({ isStaff: true }, { phone: '' })
  await auth.users.delete({ username: { ne: 'root' } })
  await user.setPassword('x')
  ;(await user.checkPassword('x')) satisfies boolean
  await user.setUnusablePassword()
  user.hasUsablePassword() satisfies boolean
  await user.update({ phone: '+44 21', lastLogin: null })
  // @ts-expect-error not a field
  await user.update({ fone: '+44 21' })
  // @ts-expect-error the password is not written as it is
  await user.update({ password: 'x' })
  // @ts-expect-error values change through update()
  user.phone = '+44 22'
  // @ts-expect-error the username is required
  await auth.users.createUser({ password: 'x' })
  // @ts-expect-error no such field
  await auth.users.filter({ nickname: 'x' })
  // @ts-expect-error the wrong type
  await auth.users.filter({ isActive: 'yes' })
  // @ts-expect-error booleans are not compared as text
  await auth.users.filter({ isActive: { contains: 'y' } })
  // @ts-expect-error ordered by a field only
  await auth.users.filter({}, { orderBy: 'nickname' })
}

export async function groupsAndPermissions(user: typeof auth.$types.User): Promise<void> {
  const group = await auth.groups.create({ name: 'Admins' })
  const permission = await auth.permissions.get({ codename: 'add_product' })
  await auth.permissions.get('shop.add_product')
  await group.permissions.add(permission)
  await group.permissions.add('shop.change_product', 'billing.view_invoice')
  await group.permissions.set([permission, 'shop.view_product'])
  await group.permissions.remove('shop.add_product')
  await group.permissions.clear()
  ;(await group.permissions.has('shop.add_product')) satisfies boolean
  ;(await group.permissions.all()) satisfies Permission[]
  await user.groups.add(group)
  ;(await user.groups.all()) satisfies Group[]
  await user.userPermissions.add('shop.can_do_something')
  const contentType = await auth.contentTypes.getForModel(Product)
  await auth.permissions.create({ codename: 'can_export', name: 'Can export', contentType })
  // @ts-expect-error misspelt
  await group.permissions.add('shop.ad_product')
  // @ts-expect-error misspelt
  await user.userPermissions.add('shop.can_do_somethin')
  // @ts-expect-error misspelt
  await auth.groups.create({ name: 'x', permissions: ['shop.pubish'] })
  // @ts-expect-error misspelt
  await auth.permissions.get('shop.pubish')
}

export async function questions(user: typeof auth.$types.User, text: string): Promise<void> {
  ;(await user.hasPerm('shop.add_product')) satisfies boolean
  await user.hasPerms(['shop.add_product', 'billing.view_invoice', 'auth.view_group', 'shop.add_user', 'shop.view_profile', 'admin.view_logentry'])
  await user.hasModulePerms('shop')
  const all = await user.getAllPermissions()
  all.has('shop.can_do_something') satisfies boolean
  // @ts-expect-error misspelt
  all.has('shop.can_do_nothing')
  await user.getUserPermissions()
  await user.getGroupPermissions()
  // @ts-expect-error misspelt
  await user.hasPerm('shop.pubish_product')
  // @ts-expect-error text from outside is not a permission yet
  await user.hasPerm(text)
  if (auth.isPermission(text)) await user.hasPerm(text)
  const why = await auth.explain(user, 'shop.add_product')
  why.granted satisfies boolean
  // @ts-expect-error misspelt
  await auth.explain(user, 'shop.pubish_product')
  // @ts-expect-error a site with its own user has no permissions on auth.User
  await user.hasPerm('auth.add_user')
  const other = await plain.users.get({ username: 'x' })
  await other.hasPerm('auth.add_user')
  await (await wide.users.get({ pk: 1 })).hasPerm('legacy.can_fly')
  // @ts-expect-error a list that is not declared
  await other.hasPerm('legacy.can_fly')
  // @ts-expect-error a text is no list
  await user.hasPerms('shop.add_product')
}

export async function keysOfEveryKind(): Promise<void> {
  const member = await club.users.createUser({ email: 'a@b.example', badge: '7' })
  holds<Equal<typeof member.id, string>>()
  holds<Equal<typeof member.pk, string>>()
  // @ts-expect-error the badge is required
  await club.users.createUser({ email: 'a@b.example' })
  // @ts-expect-error a member has no username
  void member.username
  await member.hasPerm('club.add_ticket')
  const ticket = await club.objects(Ticket).create({ holder: member })
  holds<Equal<typeof ticket.id, bigint>>()
  holds<Equal<typeof ticket.holder, string>>()
  await club.objects(Ticket).create({ holder: member.id })
  // @ts-expect-error a product's key is a number
  await ticket.tags.add('x')
  await ticket.tags.add(1)
  // @ts-expect-error the holder's key is text
  await club.objects(Ticket).create({ holder: 1 })
  const product = await auth.objects(Product).create({ name: 'x', price: '1.00' })
  holds<Equal<typeof product.owner, number | null>>()
  holds<Equal<typeof product.price, string>>()
}

export async function restOfTheSite(user: typeof auth.$types.User): Promise<void> {
  const profile = await auth.profiles.get(user)
  holds<Equal<typeof profile.bio, string>>()
  holds<Equal<typeof profile.profilePicture, string | null>>()
  holds<Equal<typeof profile.user, number>>()
  await profile.update({ bio: 'Enchantress of numbers' })
  const rows = await auth.db
    .selectFrom('shop_user')
    .select(['id', 'username', 'is_active', 'date_joined', 'phone'])
    .where('is_active', '=', true)
    .execute()
  rows[0]?.phone satisfies string | undefined
  rows[0]?.is_active satisfies boolean | undefined
  rows[0]?.date_joined satisfies Date | undefined
  await auth.db.selectFrom('shop_product').innerJoin('shop_user', 'shop_user.id', 'shop_product.owner_id').select('shop_product.price').execute()
  await auth.db.selectFrom('auth_permission').select('codename').execute()
  // @ts-expect-error no such column
  await auth.db.selectFrom('shop_user').select('nickname').execute()
  // @ts-expect-error no such table
  await auth.db.selectFrom('shop_nothing').selectAll().execute()
  const found = await auth.authenticate(null, { username: 'john', password: 'x' })
  found satisfies typeof user | null
  await auth.migrate()
  await auth.migrationPlan()
  auth.signals.passwordChanged.connect(async ({ user: changed }) => {
    changed.phone satisfies string
  })
  auth.signals.permissionsChanged.connect(() => {})
  auth.signals.userLoginFailed.connect(({ credentials }) => {
    credentials satisfies object
  })
  auth.anonymousUser satisfies typeof auth.$types.Visitor
}

export async function visitors(visitor: typeof auth.$types.Visitor): Promise<void> {
  if (visitor.isAuthenticated) visitor.phone satisfies string
  else visitor satisfies AnonymousUser<typeof auth.$types.Permission>
  await visitor.hasPerm('shop.add_product')
  ;(await makePassword('x')) satisfies string
  ;(await checkPassword('x', 'y')) satisfies boolean
  await validatePassword('x')
  loads(dumps({ a: 1 }, { key: 'k' }), { key: 'k' }) satisfies unknown
}
