/**
 * Adding a user in two steps: a name and perhaps a password here, everything else on the change page (AD-13). It takes the permissions to add
 * and to change (AD-8).
 * @module
 */

import type { JSX } from 'hono/jsx/jsx-runtime'
import type { BaseUser } from '../../accounts/base-user.js'
import { userServices } from '../../accounts/user-services.js'
import { PermissionDenied, problem, UniqueViolation, ValidationError } from '../../base/errors.js'
import type { Secret } from '../../base/secret.js'
import type { BlankForm, FieldView, FormClass, InvalidForm, ValidForm } from '../../forms/form-types.js'
import { CsrfField } from '../../pages/components/csrf-field.js'
import { ErrorSummary } from '../../pages/components/error-summary.js'
import { Field } from '../../pages/components/field.js'
import { formView } from '../../pages/form-view.js'
import type { AdminParts } from '../admin-parts.js'
import { readStaffAgain } from '../change/lock.js'
import { crumbsOf } from '../frame/crumbs.js'
import { notify } from '../frame/notices.js'
import { adminPage } from '../frame/page.js'
import { withHooks } from '../hooks.js'
import { logAddition } from '../log/log.js'
import type { ModelAdmin } from '../model-admin.js'
import { permissionFor, type Rights } from '../rights/rights.js'
import type { AdminPageHandlers } from '../special.js'
import type { AdminVisit } from '../visit.js'
import { readFields } from './open.js'

interface NewUser {
  readonly password2: Secret<string> | null
  readonly usablePassword: boolean
  readonly [column: string]: unknown
}

type AddForm = FormClass<NewUser, BaseUser>
type Shown = BlankForm | InvalidForm<object>

const BUTTONS = new Set(['_save', '_addanother', '_continue'])

/** The switch comes before what it switches. */
const LAST = ['usablePassword', 'password1', 'password2']

/** The page. */
export function userAddPage(parts: AdminParts, rights: Rights): AdminPageHandlers {
  const { meta, model } = parts.users
  const demanded = meta.columns
    .filter((one) => one.field.isRequired && !one.field.settings.hidden && !one.field.settings.primaryKey)
    .map((one) => one.name)
  const wanted = [...new Set([model.usernameField, ...demanded])]
  const form = parts.forms.adminUserCreation({ fields: wanted as never }) as unknown as AddForm

  const admitted = async (visit: AdminVisit, then: (admin: ModelAdmin) => Promise<Response>): Promise<Response> => {
    const admin = visit.admin.of(parts.user)
    if (admin === null) return visit.notFound()
    if (!(await admin.canAdd(visit.request))) return visit.forbidden(`lacks ${admin.permission('add')}`)
    if (!(await admin.canChange(visit.request))) return visit.forbidden(`adding takes ${admin.permission('change')} too`)
    // Nobody can be made without these, and who may not fill them in makes nobody.
    for (const name of wanted) if ((await admin.fieldAccess(visit.request, null, name)) !== 'edit') return visit.forbidden(`may not fill in ${name}`)
    return then(admin)
  }

  return {
    GET: async (visit) => admitted(visit, async (admin) => page(visit, admin, form.blank(visit.request))),
    POST: async (visit) =>
      admitted(visit, async (admin) => {
        const { data, pressed } = await readFields(visit, BUTTONS)
        const bound = await form.bindData(data, { request: visit.request })
        const outcome = bound.isValid ? await save(visit, admin, rights, bound) : bound
        if ('isBound' in outcome) return visit.request.wantsJson ? visit.json(outcome.toJSON(), 422) : page(visit, admin, outcome)
        return added(visit, admin, outcome, pressed)
      }),
  }
}

/** Makes the account, hashed before anything is held: others need not wait for that. */
async function save(
  visit: AdminVisit,
  admin: ModelAdmin,
  rights: Rights,
  form: ValidForm<NewUser, BaseUser>,
): Promise<BaseUser | InvalidForm<object>> {
  const { parts } = visit
  const { password1: _, password2, usablePassword, ...columns } = form.cleanedData
  const password = usablePassword === false ? null : password2
  const encoded = password === null ? null : await parts.passwords.make(password)
  try {
    const user = await parts.atomic(async () => {
      await rights.hold(visit)
      await readStaffAgain(visit)
      const { staff, request } = visit
      if (!(await admin.canAdd(request)) || !(await admin.canChange(request))) throw new PermissionDenied({ permission: admin.permission('add') })
      const problems = await rights.users.problemsOfSave(staff, permissionFor(admin, 'add'), { row: null, values: columns, relations: new Map() })
      if (problems.length > 0) throw new ValidationError(problems)
      const [made] = await withHooks(visit, admin, [{ row: null, values: columns }], async () => {
        const [row] = await parts.users.bulkCreate([{ ...columns, ...(encoded === null ? {} : { encodedPassword: encoded }) } as never])
        await logAddition(parts, { staff, admin, row: row as BaseUser })
        return [row as BaseUser]
      })
      return made as BaseUser
    })
    if (password !== null) await parts.registry.service(userServices).passwords.changed(password, user)
    return user
  } catch (error) {
    if (error instanceof ValidationError) return form.refused(error)
    // Somebody took the name between the look and the writing.
    if (error instanceof UniqueViolation) return form.refused(new ValidationError(problem('unique.username', {}, parts.users.model.usernameField)))
    throw error
  }
}

function added(visit: AdminVisit, admin: ModelAdmin, user: BaseUser, pressed: ReadonlySet<string>): Response {
  const addsAnother = pressed.has('_addanother')
  const next = addsAnother ? admin.url(visit.base, 'add') : admin.url(visit.base, 'change', user.pk)
  if (visit.request.wantsJson) return visit.json({ key: String(user.pk), next }, 201)
  notify(
    visit,
    'success',
    `The ${admin.meta.verboseName} “${admin.nameOf(user)}” was added. ${addsAnother ? 'You may add another one below.' : 'You may edit it again below.'}`,
  )
  return visit.redirect(next)
}

async function page(visit: AdminVisit, admin: ModelAdmin, form: Shown): Promise<Response> {
  const title = `Add ${admin.meta.verboseName}`
  const view = formView(form)
  const isWrong = view.errors.length > 0 || view.fields.some((one) => one.errors.length > 0)
  return adminPage(visit, {
    title,
    subtitle: 'First a name and a password. Everything else can be filled in on the next page.',
    breadcrumbs: crumbsOf(visit, admin, { label: title }),
    current: admin,
    status: form.isBound ? 422 : 200,
    content: (
      <form class="pc-form pa-people pa-new" method="post" action={admin.url(visit.base, 'add')}>
        <CsrfField token={visit.request.csrfToken()} />
        {isWrong && <ErrorSummary form={view} />}
        <div class="pc-card pc-fields pa-form-card">
          {inOrder(view.fields).map((field) => (
            <Field field={field} mayFocus={!isWrong} />
          ))}
        </div>
        <SaveButtons />
      </form>
    ),
  })
}

function inOrder(fields: readonly FieldView[]): FieldView[] {
  return fields.toSorted((one, other) => LAST.indexOf(one.property) - LAST.indexOf(other.property))
}

function SaveButtons(): JSX.Element {
  return (
    <div class="pa-submit">
      <button type="submit" class="pc-button" name="_save" value="1">
        Save
      </button>
      <button type="submit" class="pc-button pc-button-quiet" name="_addanother" value="1">
        Save and add another
      </button>
    </div>
  )
}
