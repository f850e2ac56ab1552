/**
 * `portcullis/pages`: the look of the account pages, for an application that changes it: every template and what it is given, the parts
 * they are made of, colours and sizes.
 * @module
 */

export { safeHref } from './base/html.js'
export { Answer, type AnswerProps } from './pages/components/answer.js'
export { CsrfField } from './pages/components/csrf-field.js'
export { ErrorSummary } from './pages/components/error-summary.js'
export { Face } from './pages/components/face.js'
export { Field, type FieldProps } from './pages/components/field.js'
export { Form, type FormProps } from './pages/components/form.js'
export { Icon, Mark, type IconName } from './pages/components/icons.js'
export { Moment } from './pages/components/moment.js'
export type { DeviceKind } from './protection/device-name.js'
export { errorText, type ErrorText } from './pages/error-texts.js'
export type { FormView } from './pages/form-view.js'
export { answerWithFile, staticFile, type StaticFile } from './pages/look/static-files.js'
export { sharedStyles, stylesheet } from './pages/look/stylesheet.js'
export { designTokens, type ColorName } from './pages/look/tokens.js'
export type { ClearedData, PageForm, PagesOptions, RegisterOptions } from './pages/options.js'
export type {
  AccountUrls,
  EmailChangeProps,
  EmailConfirmedProps,
  ErrorProps,
  LayoutProps,
  LoggedOutProps,
  LoginProps,
  MailedLinkKind,
  MailedLinkProps,
  MailSentProps,
  NoticeView,
  PageProps,
  PasswordChangeDoneProps,
  PasswordChangeProps,
  PasswordResetCompleteProps,
  PasswordResetConfirmProps,
  PasswordResetDoneProps,
  PasswordResetProps,
  PersonalDataProps,
  ProfileProps,
  RegisterClosedProps,
  RegisterProps,
  SessionsProps,
  SessionView,
  SiteView,
  UnlockedProps,
  UnlockProps,
  VisitorView,
} from './pages/props.js'
export { safeAttributes } from './pages/safe-attributes.js'
export { EmailChange, EmailConfirmed } from './pages/templates/email.js'
export { ErrorPage } from './pages/templates/error.js'
export { Layout } from './pages/templates/layout.js'
export { MailedLink, MailSent } from './pages/templates/mailed-link.js'
export { LoggedOut, Login } from './pages/templates/login.js'
export { PasswordChange, PasswordChangeDone } from './pages/templates/password-change.js'
export { PasswordReset, PasswordResetComplete, PasswordResetConfirm, PasswordResetDone } from './pages/templates/password-reset.js'
export { PersonalDataPage } from './pages/templates/personal-data.js'
export { Profile } from './pages/templates/profile.js'
export { Register, RegisterClosed } from './pages/templates/register.js'
export { Sessions } from './pages/templates/sessions.js'
export { Unlock, Unlocked } from './pages/templates/unlock.js'
export type { Markup, PageName, PropsOf, Template, Templates } from './pages/templates.js'
export type { FieldView, FormError } from './forms/form-types.js'
