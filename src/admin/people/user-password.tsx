/**
 * Somebody's password: a link for them to choose one themselves, or another one set here, or none at all (AD-16 to AD-19). What is
 * recommended comes first: whoever sets a password for another knows it (ASVS 6.4.6).
 * @module
 */

import type { BaseUser } from '../../accounts/base-user.js'
import { userServices } from '../../accounts/user-services.js'
import { problem, ValidationError } from '../../base/errors.js'
import type { Secret } from '../../base/secret.js'
import { attachedStore } from '../../database/model.js'
import type { BlankForm, FormClass, InvalidForm, ValidForm } from '../../forms/form-types.js'
import { CsrfField } from '../../pages/components/csrf-field.js'
import { makeUnusablePassword } from '../../passwords/unusable.js'
import { ErrorSummary } from '../../pages/components/error-summary.js'
import { Field } from '../../pages/components/field.js'
import { Icon } from '../../pages/components/icons.js'
import { formView } from '../../pages/form-view.js'
import type { AdminParts } from '../admin-parts.js'
import { crumbsOf } from '../frame/crumbs.js'
import { notify } from '../frame/notices.js'
import { adminPage } from '../frame/page.js'
import { logChange } from '../log/log.js'
import { permissionFor, type Rights } from '../rights/rights.js'
import type { AdminPageHandlers } from '../special.js'
import type { AdminVisit } from '../visit.js'
import { openObject, readFields, type Opened } from './open.js'

interface NewPassword {
  readonly password2: Secret<string> | null
  readonly usablePassword?: boolean
}

type PasswordForm = FormClass<NewPassword, BaseUser, { readonly user: BaseUser }>
type Shown = BlankForm | InvalidForm<object>

/** Django's names of the two buttons. */
const SET = 'set-password'
const UNSET = 'unset-password'
const BUTTONS = new Set([SET, UNSET])

/** The page. */
export function userPasswordPage(parts: AdminParts, rights: Rights): AdminPageHandlers {
  const form = parts.forms.adminPasswordChange() as unknown as PasswordForm
  return {
    async GET(visit) {
      const opened = await openObject<BaseUser>(visit, parts.user, 'change')
      return opened instanceof Response ? opened : page(visit, opened, form.blank(visit.request, { user: opened.row }))
    },
    async POST(visit) {
      const opened = await openObject<BaseUser>(visit, parts.user, 'change')
      if (opened instanceof Response) return opened
      const { data, pressed } = await readFields(visit, BUTTONS)
      const bound = await form.bindData(data, { request: visit.request, user: opened.row })
      if (!bound.isValid) return invalid(visit, opened, bound)
      const isDisabling = bound.cleanedData.usablePassword === false
      if (isDisabling && !pressed.has(UNSET)) return contradictory(visit, opened)
      const refused = await save(visit, opened, rights, bound, isDisabling)
      return refused === null ? saved(visit, opened, isDisabling) : invalid(visit, opened, refused)
    },
  }
}

/** Writes it only where the present one still stands; hashed before anything is held. */
async function save(
  visit: AdminVisit,
  { admin, row }: Opened<BaseUser>,
  rights: Rights,
  form: ValidForm<NewPassword, BaseUser>,
  isDisabling: boolean,
): Promise<InvalidForm<object> | null> {
  const { parts, staff, request } = visit
  const password = isDisabling ? null : form.cleanedData.password2
  const seen = row.password
  const encoded = password === null ? makeUnusablePassword() : await parts.passwords.make(password)
  try {
    await parts.atomic(async () => {
      const problems = await rights.users.problemsOfReach(staff, permissionFor(admin, 'change'), row, isDisabling)
      if (problems.length > 0) throw new ValidationError(problems)
      const isWritten = await attachedStore(row).compareAndSet(row, { password: seen }, { password: encoded })
      if (!isWritten) throw new ValidationError(problem('overtaken'))
      // Django notes a password that was taken away as a change of nothing (F-8).
      await logChange(parts, { staff, admin, row }, isDisabling ? [] : [{ changed: { fields: ['password'] } }])
    })
  } catch (error) {
    if (error instanceof ValidationError) return form.refused(error)
    throw error
  }
  if (password !== null) await parts.registry.service(userServices).passwords.changed(password, row)
  else parts.events.note('password_removed', { target: row })
  const isOwn = String(row.pk) === String(staff.pk)
  await parts.sessions.endAll(row, isOwn ? { except: request } : {})
  // As Django does, whoever’s password it was: the key of who set it is a new one too. Their session goes on.
  await parts.updateSessionAuthHash(request, row)
  if (password !== null) parts.passwordChanged(row, request)
  return null
}

async function invalid(visit: AdminVisit, opened: Opened<BaseUser>, form: InvalidForm<object>): Promise<Response> {
  return visit.request.wantsJson ? visit.json(form.toJSON(), 422) : page(visit, opened, form)
}

/** AD-18: one field says that there is to be no password, and the button says that there is. */
function contradictory(visit: AdminVisit, { admin, row }: Opened<BaseUser>): Response {
  if (visit.request.wantsJson) return visit.json({ errors: { usable_password: [{ code: 'contradiction', message: CONTRADICTION }] } }, 422)
  notify(visit, 'error', CONTRADICTION)
  return visit.redirect(admin.url(visit.base, 'password', row.pk))
}

const CONTRADICTION = 'The form said two things at once. Please try again.'

function saved(visit: AdminVisit, { admin, row }: Opened<BaseUser>, isDisabling: boolean): Response {
  const next = admin.url(visit.base, 'change', row.pk)
  if (visit.request.wantsJson) return visit.json({ next })
  notify(
    visit,
    'success',
    isDisabling ? 'Nobody can log in with a password as this user any more.' : 'The password was changed. Sessions under the old one are over.',
  )
  return visit.redirect(next)
}

async function page(visit: AdminVisit, { admin, row }: Opened<BaseUser>, form: Shown): Promise<Response> {
  const name = admin.nameOf(row)
  const isUsable = row.hasUsablePassword()
  const title = `${isUsable ? 'Change password' : 'Set password'}: ${name}`
  const view = formView(form)
  const fields = view.fields.filter((one) => one.property !== 'usablePassword')
  const isWrong = view.errors.length > 0 || fields.some((one) => one.errors.length > 0)
  const action = admin.url(visit.base, 'password', row.pk)
  const token = <CsrfField token={visit.request.csrfToken()} />
  const address = addressOf(visit.parts, row)
  return adminPage(visit, {
    title,
    breadcrumbs: crumbsOf(visit, admin, { label: name, href: admin.url(visit.base, 'change', row.pk) }, { label: 'Password' }),
    current: admin,
    status: form.isBound ? 422 : 200,
    content: (
      <div class="pa-people">
        <section class="pc-card pa-form-card pa-offer" aria-labelledby="mail-link">
          <span class="pc-device-sign">
            <Icon name="mail" size={24} />
          </span>
          <div>
            <h2 id="mail-link">Let {name} choose one</h2>
            <p class="pc-soft">
              {address === null
                ? 'No e-mail address is known, so that no link can be mailed.'
                : row.isActive
                  ? `A link goes to ${address}. Nobody but them learns the password.`
                  : 'The account is switched off, so that no link can be mailed.'}
            </p>
          </div>
          {address !== null && row.isActive && (
            <form method="post" action={admin.url(visit.base, 'reset-link', row.pk)}>
              {token}
              <button type="submit" class="pc-button">
                Mail a reset link
              </button>
            </form>
          )}
        </section>
        <form class="pc-form" method="post" action={action}>
          {token}
          {isUsable && <input type="hidden" name="usable_password" value="true" />}
          {isWrong && <ErrorSummary form={view} />}
          <section class="pc-card pa-form-card pc-fields" aria-labelledby="set-one">
            <h2 id="set-one">{isUsable ? 'Or set another yourself' : 'Or set one yourself'}</h2>
            {fields.map((field) => (
              <Field field={{ ...field, isRequired: true }} mayFocus={false} />
            ))}
            <div>
              <button type="submit" class="pc-button pc-button-quiet" name={SET} value="1">
                {isUsable ? 'Change password' : 'Set password'}
              </button>
            </div>
          </section>
        </form>
        {isUsable && (
          <section class="pc-card pa-form-card pa-offer" aria-labelledby="no-password">
            <span class="pc-device-sign">
              <Icon name="lock" size={24} />
            </span>
            <div>
              <h2 id="no-password">No password at all</h2>
              <p class="pc-soft">The present one is lost. They may still come in another way, such as single sign-on, if this site has one.</p>
            </div>
            <form method="post" action={action}>
              {token}
              <input type="hidden" name="usable_password" value="false" />
              <button type="submit" class="pc-button pc-button-danger" name={UNSET} value="1">
                Disable password-based login
              </button>
            </form>
          </section>
        )}
      </div>
    ),
  })
}

/** Where a link would go. */
export function addressOf(parts: AdminParts, row: BaseUser): string | null {
  const address = (row as unknown as Readonly<Record<string, unknown>>)[parts.users.model.emailField]
  return typeof address === 'string' && address !== '' ? address : null
}
