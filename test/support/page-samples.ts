/**
 * One of every account page, with data as the site gives it: for tests of templates, and for looking at them.
 * @module
 */

import type { FieldView, FormError } from '../../src/forms/form-types.js'
import { errorText } from '../../src/pages/error-texts.js'
import type { FormView } from '../../src/pages/form-view.js'
import type { AccountUrls, NoticeView, PageProps, SessionView, SiteView, VisitorView } from '../../src/pages/props.js'
import type { Look, PageName, PropsOf } from '../../src/pages/templates.js'
import { defaultLayout, defaultTemplates } from '../../src/pages/templates.js'

/** A page with its data. */
export interface PageSample {
  readonly name: PageName
  readonly props: PropsOf<PageName>
  readonly notices: readonly NoticeView[]
}

/** How the samples look. */
export const look: Look = {
  templates: defaultTemplates,
  layout: defaultLayout,
  stylesheets: ['/static/portcullis.css'],
  scripts: ['/static/portcullis.js'],
  icon: '/static/portcullis.svg',
  theme: null,
}

const site: SiteView = { name: 'Harbour Shop', url: '/', logo: null, language: 'en' }

const urls: AccountUrls = {
  login: '/accounts/login/',
  logout: '/accounts/logout/',
  register: '/accounts/register/',
  profile: '/accounts/profile/',
  passwordChange: '/accounts/password_change/',
  passwordReset: '/accounts/password_reset/',
  email: '/accounts/email/',
  sessions: '/accounts/sessions/',
  endSessions: '/accounts/sessions/end/',
  personalData: '/accounts/data/',
}

const ada: VisitorView = { name: 'Ada Lovelace', username: 'ada', picture: null }
const seen: VisitorView = { ...ada, picture: '/accounts/media/ada.png' }

/** What all pages are given, by a visitor without a login. */
export const nobody: PageProps = { site, urls, visitor: null, csrfToken: 'T'.repeat(64), action: '/accounts/here/' }
/** The same by somebody. */
export const somebody: PageProps & { readonly visitor: VisitorView } = { ...nobody, visitor: ada }

const RULES = [
  'Use 15 characters or more.',
  'Do not use your name, your e-mail address or anything close to them.',
  'Do not use a password that many people use.',
]
const TAKEN: FormError = { code: 'unique', message: 'That username is already taken.' }
const NO_ADDRESS: FormError = { code: 'invalid', message: 'That is not an e-mail address. It looks like name@example.com.' }
const SHORT: FormError = { code: 'password_too_short', message: 'This password is too short. Use 15 characters or more.' }
const COMMON: FormError = { code: 'password_too_common', message: 'This password is one that many people use, and that is tried first.' }

/** A field, as the form layer describes it. */
export function field(name: string, label: string, more: Partial<FieldView> = {}): FieldView {
  return {
    property: name,
    name,
    id: `id_${name}`,
    label,
    helpTexts: [],
    type: 'text',
    value: '',
    isChecked: false,
    attributes: {},
    errors: [],
    isRequired: true,
    choices: [],
    file: null,
    link: null,
    helpId: (more.helpTexts ?? []).length > 0 ? `id_${name}_helptext` : null,
    errorId: (more.errors ?? []).length > 0 ? `id_${name}_error` : null,
    ...more,
  }
}

/** A form, as pages see it. */
export function form(fields: readonly FieldView[], more: Partial<FormView> = {}): FormView {
  return { fields, errors: [], isMultipart: false, hidden: [], ...more }
}

function username(more: Partial<FieldView> = {}): FieldView {
  return field('username', 'Username', {
    attributes: { autocomplete: 'username', autocapitalize: 'none', autofocus: true, maxlength: 150 },
    ...more,
  })
}

function password(name: string, label: string, autocomplete: string, more: Partial<FieldView> = {}): FieldView {
  return field(name, label, { type: 'password', attributes: { autocomplete }, ...more })
}

const newPair = (one: string, label: string): FieldView[] => [
  password(`${one}1`, label, 'new-password', { helpTexts: RULES }),
  password(`${one}2`, 'The same password again', 'new-password'),
]

const HELP = { helpTexts: ['Up to 150 letters and digits, and @ . + - _'] }
const email = (more: Partial<FieldView> = {}): FieldView =>
  field('email', 'E-mail address', { type: 'email', attributes: { autocomplete: 'email', maxlength: 254 }, ...more })

/** Every kind of field there is. */
export const everyField: readonly FieldView[] = [
  field('first_name', 'First name', { value: 'Ada', isRequired: false }),
  field('last_name', 'Last name', { value: 'Lovelace', isRequired: false }),
  email({ value: 'ada@example.com' }),
  field('phone', 'Phone', { type: 'tel', value: '+44 21', isRequired: false }),
  field('newsletter', 'Send me news of the shop', { type: 'checkbox', isChecked: true, isRequired: false, helpTexts: ['About once a month.'] }),
  field('contact', 'How shall we reach you?', {
    type: 'radio',
    choices: [
      { value: 'mail', label: 'By mail', isChosen: true },
      { value: 'phone', label: 'By phone', isChosen: false },
    ],
  }),
  field('country', 'Country', {
    type: 'select',
    choices: [
      { value: 'de', label: 'Germany', isChosen: false },
      { value: 'uk', label: 'United Kingdom', isChosen: true },
    ],
  }),
  field('born', 'Date of birth', { type: 'date', value: '1815-12-10', isRequired: false }),
  field('bio', 'Bio', { type: 'textarea', value: 'Enchantress of numbers.\nSecond line.', isRequired: false, helpTexts: ['Others may read it.'] }),
  field('profile_picture', 'Profile picture', {
    type: 'file',
    isRequired: false,
    attributes: { accept: 'image/png,image/jpeg' },
    file: { path: 'profile_pics/ada.png', url: '/accounts/media/ada.png', clearName: 'profile_picture-clear' },
    helpTexts: ['JPEG, PNG or WebP, up to 5 MB.'],
  }),
  field('member', 'Member number', { type: 'readonly', value: '1842', isRequired: false }),
]

const devices: readonly SessionView[] = [
  device({ id: 'here', device: 'Firefox on Linux', kind: 'computer', address: '203.0.113.9', isCurrent: true }),
  device({ id: 'phone', device: 'Safari on iPhone', kind: 'phone', address: '2001:db8:85a3:0:0:8a2e:370:7334' }),
  device({ id: 'tablet', device: 'Chrome on Android', kind: 'tablet', address: null }),
  device({ id: 'script', device: 'curl', kind: 'program', address: '198.51.100.7' }),
  device({ id: 'other', device: 'Unknown device', kind: 'unknown', address: '198.51.100.7' }),
]

function device(more: Pick<SessionView, 'id' | 'device' | 'kind' | 'address'> & Partial<SessionView>): SessionView {
  return { firstSeen: '2026-10-01T08:00:00Z', lastSeen: '2026-11-22T18:12:00Z', isCurrent: false, ...more }
}

function sample<N extends PageName>(name: N, props: PropsOf<N>, notices: readonly NoticeView[] = []): PageSample {
  return { name, props, notices }
}

function mistake(status: number, code: string, more: Partial<PropsOf<'error'>> = {}): PageSample {
  return sample('error', { ...nobody, status, code, ...errorText(status, code), retryAfter: null, ...more })
}

/** All of them. */
export const pageSamples: Readonly<Record<string, PageSample>> = {
  login: sample('login', {
    ...nobody,
    next: '/cart/',
    form: form([username(), password('password', 'Password', 'current-password')], { hidden: [['next', '/cart/']] }),
  }),
  'login-failed': sample('login', {
    ...nobody,
    next: '',
    form: form([username({ value: 'ada' }), password('password', 'Password', 'current-password')], {
      errors: [{ code: 'invalid_login', message: 'No account has that username and password. Mind that both may be case-sensitive.' }],
    }),
  }),
  'logged-out': sample('loggedOut', nobody),
  register: sample('register', {
    ...nobody,
    next: '',
    step: 'account',
    form: form([username(HELP), email({ isRequired: false }), ...newPair('password', 'Password')]),
  }),
  'register-address': sample('register', { ...nobody, next: '', step: 'address', form: form([email()]) }),
  'register-wrong': sample('register', {
    ...nobody,
    next: '',
    step: 'account',
    form: form([
      username({ ...HELP, value: 'ada', errors: [TAKEN], errorId: 'id_username_error', helpId: 'id_username_helptext' }),
      email({ value: 'ada@', isRequired: false, errors: [NO_ADDRESS] }),
      password('password1', 'Password', 'new-password', { helpTexts: RULES }),
      password('password2', 'The same password again', 'new-password', { errors: [SHORT, COMMON] }),
    ]),
  }),
  'register-closed': sample('registerClosed', { ...nobody, urls: { ...urls, register: null }, isByInvitation: false }),
  'register-by-invitation': sample('registerClosed', { ...nobody, urls: { ...urls, register: null }, isByInvitation: true }),
  profile: sample(
    'profile',
    {
      ...somebody,
      visitor: seen,
      dateJoined: '2026-03-01T09:30:00.000Z',
      lastLogin: '2026-11-23T08:00:00Z',
      form: form(everyField, { isMultipart: true }),
    },
    [{ kind: 'success', text: 'Your profile is saved.' }],
  ),
  'profile-wrong': sample('profile', {
    ...somebody,
    dateJoined: null,
    lastLogin: null,
    form: form(
      everyField.map((one) => ({ ...one, file: null, errors: [NO_ADDRESS], errorId: `${one.id}_error` })),
      { isMultipart: true },
    ),
  }),
  'password-change': sample('passwordChange', {
    ...somebody,
    form: form([password('old_password', 'Present password', 'current-password'), ...newPair('new_password', 'New password')]),
  }),
  'password-change-done': sample('passwordChangeDone', somebody),
  'password-reset': sample('passwordReset', { ...nobody, form: form([email()]) }),
  'password-reset-done': sample('passwordResetDone', nobody),
  'reset-confirm': sample('passwordResetConfirm', { ...nobody, username: 'ada', form: form(newPair('new_password', 'New password')) }),
  'reset-invalid': sample('passwordResetConfirm', { ...nobody, username: '', form: null }),
  'reset-done': sample('passwordResetComplete', nobody),
  'email-change': sample('emailChange', {
    ...somebody,
    email: 'ada@example.com',
    isVerified: true,
    resend: '/accounts/email/resend/',
    form: form([email({ label: 'New e-mail address' }), password('password', 'Present password', 'current-password')]),
  }),
  'email-unconfirmed': sample('emailChange', {
    ...somebody,
    email: 'ada@example.com',
    isVerified: false,
    resend: '/accounts/email/resend/',
    form: form([email({ label: 'New e-mail address' }), password('password', 'Present password', 'current-password')]),
  }),
  'mail-sent': sample('mailSent', { ...nobody, kind: 'registration' }),
  'mail-sent-somebody': sample('mailSent', { ...somebody, kind: 'change' }),
  'link-verify': sample('mailedLink', { ...nobody, kind: 'verify', isValid: true, email: 'ada@example.com', username: 'ada' }),
  'link-change': sample('mailedLink', { ...somebody, kind: 'change', isValid: true, email: 'new@example.com', username: 'ada' }),
  'link-revert': sample('mailedLink', { ...nobody, kind: 'revert', isValid: true, email: 'ada@example.com', username: 'ada' }),
  'link-invalid': sample('mailedLink', { ...nobody, kind: 'verify', isValid: false, email: '', username: '' }),
  'email-confirmed': sample('emailConfirmed', { ...nobody, kind: 'verify' }),
  'email-confirmed-somebody': sample('emailConfirmed', { ...somebody, kind: 'change' }),
  unlock: sample('unlock', { ...nobody, isValid: true, username: 'ada' }),
  'unlock-invalid': sample('unlock', { ...nobody, isValid: false, username: '' }),
  unlocked: sample('unlocked', nobody),
  sessions: sample('sessions', { ...somebody, sessions: devices }, [{ kind: 'success', text: 'That device is logged out.' }]),
  'sessions-only-this': sample('sessions', { ...somebody, sessions: devices.slice(0, 1) }),
  'personal-data': sample('personalData', { ...somebody, form: form([password('password', 'Present password', 'current-password')]) }),
  'error-400': mistake(400, 'bad_request'),
  'error-403': mistake(403, 'permission_denied'),
  'error-403-somebody': mistake(403, 'permission_denied', somebody),
  'error-csrf': mistake(403, 'csrf_failed'),
  'error-404': mistake(404, 'not_found'),
  'error-405': mistake(405, 'method_not_allowed'),
  'error-413': mistake(413, 'body_too_large'),
  'error-429': mistake(429, 'too_many_requests', { retryAfter: 240 }),
  'error-500': mistake(500, 'server_error'),
  'error-503': mistake(503, 'unavailable', { retryAfter: 5 }),
}
