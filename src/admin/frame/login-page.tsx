/**
 * The admin's own door handles: logging in and out, one's own password, light and dark. The door itself is the site's one.
 * @module
 */

import type { JSX } from 'hono/jsx/jsx-runtime'
import type { BlankForm, InvalidForm } from '../../forms/form-types.js'
import { Form } from '../../pages/components/form.js'
import { formView } from '../../pages/form-view.js'
import { nextTarget } from '../../pages/next-target.js'
import { saveForm } from '../../pages/saved.js'
import { Answer } from '../../pages/components/answer.js'
import { Icon } from '../../pages/components/icons.js'
import { isStaff } from '../gate.js'
import type { AdminPageHandlers } from '../special.js'
import type { AdminVisit } from '../visit.js'
import { notify } from './notices.js'
import { adminPage, headerOf } from './page.js'
import { themeCookie } from './theme.js'

type Shown = BlankForm | InvalidForm<object>

/** The pages, by what follows the admin's address. */
export const loginPages: Readonly<Record<string, AdminPageHandlers>> = {
  '/login/': { GET: showLogin, POST: logIn },
  '/logout/': { POST: logOut },
  '/password_change/': { GET: showPasswordChange, POST: changePassword },
  '/password_change/done/': { GET: passwordChangeDone },
  '/theme/': { POST: chooseTheme },
}

async function showLogin(visit: AdminVisit): Promise<Response> {
  const target = await targetOf(visit)
  if (target instanceof Response) return target
  if (isStaff(visit.request)) return visit.redirect(target)
  return loginPage(visit, visit.parts.forms.authentication({ staffOnly: true }).blank(visit.request), target)
}

async function logIn(visit: AdminVisit): Promise<Response> {
  const target = await targetOf(visit)
  if (target instanceof Response) return target
  const form = await visit.parts.forms.authentication({ staffOnly: true }).bind(visit.request)
  if (!form.isValid) return visit.request.wantsJson ? visit.json(form.toJSON(), 422) : loginPage(visit, form, target)
  await visit.parts.login(visit.request, form.getUser())
  return visit.request.wantsJson ? visit.json({ next: target }) : visit.redirect(target)
}

async function loginPage(visit: AdminVisit, form: Shown, target: string): Promise<Response> {
  const { user } = visit.request
  return adminPage(visit, {
    title: `Log in to ${headerOf(visit)}`,
    breadcrumbs: [],
    bare: true,
    isAnswer: true,
    status: form.isBound ? 422 : 200,
    content: (
      <div class="pc-card pa-login">
        <h1>Log in to the admin</h1>
        {user.isAuthenticated && (
          <p class="pa-notice pa-notice-info">
            <Icon name="warning" size={18} />
            <span>You are logged in as {user.getUsername()}, and may not open this page. Log in with another account?</span>
          </p>
        )}
        <Form form={formView(form, target)} action={`${visit.base}/login/`} csrfToken={visit.request.csrfToken()} submit="Log in" />
        <p class="pc-beside">
          <a href={`${visit.parts.settings.accountsPath}/password_reset/`}>Forgotten your password?</a>
        </p>
      </div>
    ),
  })
}

async function logOut(visit: AdminVisit): Promise<Response> {
  await visit.parts.logout(visit.request)
  return adminPage(visit, {
    title: 'Logged out',
    breadcrumbs: [],
    bare: true,
    isAnswer: true,
    content: (
      <Answer
        icon="leave"
        title="You are logged out"
        actions={
          <a class="pc-button" href={`${visit.base}/login/`}>
            Log in again
          </a>
        }
      >
        <p class="pc-soft">Thank you for looking after things.</p>
      </Answer>
    ),
  })
}

async function showPasswordChange(visit: AdminVisit): Promise<Response> {
  return passwordPage(visit, visit.parts.forms.passwordChange().blank(visit.request))
}

async function changePassword(visit: AdminVisit): Promise<Response> {
  const outcome = await saveForm(await visit.parts.forms.passwordChange().bind(visit.request))
  if ('form' in outcome) return passwordPage(visit, outcome.form)
  if (outcome.saved === null) return visit.redirect(`${visit.base}/login/`)
  await visit.parts.sessions.endAll(outcome.saved, { except: visit.request })
  await visit.parts.updateSessionAuthHash(visit.request, outcome.saved)
  return visit.redirect(`${visit.base}/password_change/done/`)
}

async function passwordChangeDone(visit: AdminVisit): Promise<Response> {
  notify(visit, 'success', 'Your password was changed. Your other devices are logged out.')
  return visit.redirect(`${visit.base}/`)
}

async function passwordPage(visit: AdminVisit, form: Shown): Promise<Response> {
  const content: JSX.Element = (
    <div class="pc-card pa-narrow">
      <Form form={formView(form)} action={`${visit.base}/password_change/`} csrfToken={visit.request.csrfToken()} submit="Change password" />
    </div>
  )
  const title = 'Change your password'
  return adminPage(visit, {
    title,
    breadcrumbs: [{ label: headerOf(visit), href: `${visit.base}/` }, { label: title }],
    status: form.isBound ? 422 : 200,
    content,
  })
}

async function chooseTheme(visit: AdminVisit): Promise<Response> {
  const { fields } = await visit.request.readBody()
  const [theme] = fields.get('theme') ?? []
  const target = await targetOf(visit)
  if (target instanceof Response) return target
  const response = visit.redirect(target)
  response.headers.append('set-cookie', themeCookie(String(theme), visit.request, `${visit.base}/`))
  return response
}

/** Where to go on, checked; the first page where nothing was asked for. A refusal where it was asked for twice. */
async function targetOf(visit: AdminVisit): Promise<string | Response> {
  const next = await nextTarget(visit, [])
  if (next instanceof Response) return next
  return next === '' || next.startsWith(`${visit.base}/login/`) ? `${visit.base}/` : next
}
