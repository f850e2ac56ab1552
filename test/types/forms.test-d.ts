/**
 * What the compiler knows of forms: which columns may be asked for, what valid data is made of, and that errors and data exclude each other.
 * Nothing here runs; `npm run types` reads it.
 * @module
 */

import type { Secret } from 'portcullis'
import {
  abstractBaseUser,
  abstractUser,
  booleanField,
  charField,
  dateField,
  emailField,
  imageField,
  integerField,
  model,
  oneToOneField,
  portcullis,
  textField,
  uuidField,
} from 'portcullis'
import { sqlite } from 'portcullis/sqlite'
import type { FormRequest } from '../../src/forms/form-types.js'

type Equal<A, B> = (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? true : false
const holds = <T extends true>(): T => true as T

class User extends abstractUser('shop.User', {
  fields: { phone: charField({ maxLength: 20 }), newsletter: booleanField({ default: false }), born: dateField({ null: true }) },
}) {
  get displayName(): string {
    return this.getFullName() || this.username
  }
}
class Profile extends model('shop.Profile', {
  fields: {
    user: oneToOneField(() => User),
    bio: textField({ blank: true }),
    age: integerField({ null: true }),
    picture: imageField({ null: true, uploadTo: 'faces' }),
  },
}) {}
class Member extends abstractBaseUser('club.Member', {
  fields: { id: uuidField({ primaryKey: true, default: () => 'f81d4fae-7dec-11d0-a765-00a0c91e6bf6' }), email: emailField({ unique: true }) },
  usernameField: 'email',
}) {}

const auth = portcullis({ secretKey: 'k', database: sqlite('shop.db'), user: User, profile: Profile })
const plain = portcullis({ secretKey: 'k', database: sqlite('plain.db') })
const club = portcullis({ secretKey: 'k', database: sqlite('club.db'), user: Member })
type SiteUser = typeof auth.$types.User

export async function signUp(request: FormRequest): Promise<void> {
  const SignupForm = auth.forms.userCreation({ fields: ['username', 'email', 'phone', 'born'] })
  const form = await SignupForm.bind(request)
  // @ts-expect-error no data before it is known to be valid
  void form.cleanedData
  // @ts-expect-error nor anything to save
  void form.save
  if (!form.isValid) {
    form.errors.phone?.[0]?.code satisfies string | undefined
    form.errors.password1?.[0]?.message satisfies string | undefined
    form.errors.__all__?.[0] satisfies { code: string } | undefined
    form.toHtml() satisfies string
    // @ts-expect-error a field that was not asked for
    void form.errors.newsletter
    // @ts-expect-error an invalid form has no data
    void form.cleanedData
    return
  }
  // @ts-expect-error a valid form has no errors
  void form.errors
  holds<Equal<typeof form.cleanedData.phone, string>>()
  holds<Equal<typeof form.cleanedData.born, string | null>>()
  holds<Equal<typeof form.cleanedData.password1, Secret<string>>>()
  // @ts-expect-error not asked for
  void form.cleanedData.newsletter
  const user = await form.save()
  holds<Equal<typeof user, SiteUser>>()
  user.displayName satisfies string
  SignupForm.blank(request, { initial: { email: 'ada@example.com' } }).toHtml() satisfies string
  SignupForm.blank().fields[0]?.label satisfies string | undefined
  // @ts-expect-error no such field in the form
  SignupForm.blank(request, { initial: { newsletter: true } })
}

export function mayNotBeAsked(): void {
  // @ts-expect-error I11: rights are nobody's to fill in
  auth.forms.userCreation({ fields: ['username', 'isStaff'] })
  // @ts-expect-error I11
  auth.forms.userCreation({ fields: ['username', 'isSuperuser'] })
  // @ts-expect-error I11
  auth.forms.userCreation({ fields: ['username', 'isActive'] })
  // @ts-expect-error I11
  auth.forms.userCreation({ fields: ['username', 'groups'] })
  // @ts-expect-error I11
  auth.forms.userChange({ fields: ['userPermissions'] })
  // @ts-expect-error I11: the hash has forms of its own
  auth.forms.userChange({ fields: ['password'] })
  // @ts-expect-error I11
  auth.forms.profile({ userFields: ['dateJoined'] })
  // @ts-expect-error the key
  auth.forms.profile({ userFields: ['id'] })
  // @ts-expect-error misspelt
  auth.forms.userCreation({ fields: ['username', 'fone'] })
  // @ts-expect-error whose profile it is
  auth.forms.profile({ profileFields: ['user'] })
  // @ts-expect-error a site without a profile model
  plain.forms.profile({ profileFields: ['bio'] })
  auth.forms.adminUserChange({ fields: ['username', 'isStaff', 'dateJoined'] })
}

export async function others(request: FormRequest, user: SiteUser): Promise<void> {
  const login = await auth.forms.authentication({ confirmLoginAllowed: (who) => void who.phone }).bind(request)
  if (login.isValid) {
    holds<Equal<ReturnType<typeof login.getUser>, SiteUser>>()
    login.cleanedData.username satisfies string
  }
  const profile = await auth.forms.profile().bind(request)
  if (profile.isValid) {
    holds<Equal<typeof profile.cleanedData.bio, string>>()
    holds<Equal<typeof profile.cleanedData.age, number | null>>()
    holds<Equal<typeof profile.cleanedData.picture, string | null>>()
    profile.cleanedData.firstName satisfies string
    // @ts-expect-error the name they log in by is not among them
    void profile.cleanedData.username
  }
  ;(await auth.forms.profile().blank(request)).toHtml() satisfies string
  const change = await auth.forms.passwordChange().bind(request)
  if (change.isValid) holds<Equal<Awaited<ReturnType<typeof change.save>>, SiteUser | null>>()
  // @ts-expect-error whose password
  await auth.forms.setPassword().bind(request)
  await auth.forms.setPassword().bind(request, { user })
  const staff = await auth.forms.adminPasswordChange().bind(request, { user })
  if (staff.isValid) staff.cleanedData.usablePassword satisfies boolean | undefined
  const reset = await auth.forms.passwordReset().bindData({ email: 'ada@example.com' })
  if (reset.isValid) reset.cleanedData.email satisfies string
  const joined = await club.forms.userCreation().bind(request)
  if (joined.isValid) joined.cleanedData.email satisfies string
  const signedUp = await plain.forms.userCreation().bind(request)
  if (signedUp.isValid) signedUp.cleanedData.username satisfies string
}
