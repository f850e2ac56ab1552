/**
 * The forms of a site: declared once, bound to a request, typed by the site's own user.
 * @module
 */

import type { BaseUser } from '../accounts/base-user.js'
import type { AnyUserClass } from '../accounts/user.js'
import type { AnyModelClass } from '../database/model.js'
import type { Secret } from '../base/secret.js'
import { authenticationForm, type AuthenticationData, type AuthenticationOptions } from './authentication-form.js'
import { emailChangeForm, registrationRequestForm } from './email-change-form.js'
import type { FormSite } from './form-site.js'
import type { BlankForm, FormClass, ValidForm } from './form-types.js'
import { adminPasswordChangeForm, passwordChangeForm, setPasswordForm } from './password-forms.js'
import { passwordResetForm } from './password-reset-form.js'
import { presentPasswordForm } from './present-password-form.js'
import { profileForm, type ProfileField, type ProfileOptions, type ProfileValues } from './profile-form.js'
import { userChangeForm, type UserChangeOptions } from './user-change-form.js'
import { adminUserCreationForm, userCreationForm, type UserCreationOptions } from './user-creation-form.js'
import type { LoginField, StaffField, UserValues, VisitorField } from './user-fields.js'

export type { FormSite } from './form-site.js'

/** A new password, typed twice. */
export interface NewUserPassword {
  readonly password1: Secret<string>
  readonly password2: Secret<string>
}

/** What staff say of a password when they make an account: null where there is to be none. */
export interface StaffPassword {
  readonly password1: Secret<string> | null
  readonly password2: Secret<string> | null
  readonly usablePassword: boolean
}

/** A password in place of the present one. */
export interface NewPassword {
  readonly newPassword1: Secret<string>
  readonly newPassword2: Secret<string>
}

/** The same, by somebody who knows the present one. */
export interface PasswordChange extends NewPassword {
  readonly oldPassword: Secret<string>
}

/** What staff say of somebody's password; nothing of whether there is to be one where there is none now. */
export interface StaffPasswordChange {
  readonly password1: Secret<string> | null
  readonly password2: Secret<string> | null
  readonly usablePassword?: boolean
}

/** The forms of a site whose users are `I`, of the class `U`, with profiles of the class `P`. */
export interface SiteForms<U extends AnyUserClass = AnyUserClass, I extends BaseUser = BaseUser, P extends AnyModelClass = AnyModelClass> {
  /**
   * The form for logging in. `save()` gives the user and writes nothing.
   *
   * @example
   * const form = await auth.forms.authentication().bind(request)
   * if (!form.isValid) return page(form.toHtml(), 422)
   * await auth.login(request, form.getUser())
   */
  authentication(options?: AuthenticationOptions<I>): FormClass<AuthenticationData, I, {}, ValidForm<AuthenticationData, I> & { getUser(): I }>

  /**
   * The form for signing up: the named columns, and a password twice.
   *
   * @throws ImproperlyConfigured for a column that decides about rights, and where one is missing without which no account can be made
   * @example
   * const SignupForm = auth.forms.userCreation({ fields: ['username', 'email', 'firstName'] })
   */
  userCreation<const K extends VisitorField<U> = LoginField<U> & VisitorField<U>>(
    options?: UserCreationOptions<K>,
  ): FormClass<UserValues<U, K> & NewUserPassword, I>

  /** The form with which staff make an account, perhaps one without a password. */
  adminUserCreation<const K extends VisitorField<U> = LoginField<U> & VisitorField<U>>(
    options?: UserCreationOptions<K>,
  ): FormClass<UserValues<U, K> & StaffPassword, I>

  /** The form with which people change columns of their account. Writes what changed. */
  userChange<const K extends VisitorField<U> = VisitorField<U>>(options?: UserChangeOptions<K>): FormClass<UserValues<U, K>, I, { readonly user?: I }>

  /**
   * The form with which staff change an account, flags and dates included; the password is shown masked. Whether the one who sends it may
   * give what it grants is not the form's to know: check that in the transaction that saves it (I6).
   */
  adminUserChange<const K extends StaffField<U> = StaffField<U>>(options?: UserChangeOptions<K>): FormClass<UserValues<U, K>, I, { readonly user: I }>

  /**
   * The form with which people keep their account and their profile. Its blank form loads the profile, so it has to be awaited.
   *
   * @example
   * const ProfileForm = auth.forms.profile({ userFields: ['firstName', 'lastName'] })
   * const form = await ProfileForm.blank(request)
   */
  profile<const K extends VisitorField<U> = Exclude<VisitorField<U>, LoginField<U>>, const N extends ProfileField<P> = ProfileField<P>>(
    options?: ProfileOptions<K, N>,
  ): FormClass<
    UserValues<U, K> & ProfileValues<P, N>,
    I,
    { readonly user?: I },
    ValidForm<UserValues<U, K> & ProfileValues<P, N>, I>,
    Promise<BlankForm>
  >

  /**
   * The form with which people change their password. `save()` gives null where it was changed by somebody else meanwhile.
   *
   * @example
   * const form = await auth.forms.passwordChange().bind(request)
   * if (!form.isValid) return page(form.toHtml(), 422)
   * const user = await form.save()
   */
  passwordChange(): FormClass<PasswordChange, I | null, { readonly user?: I }>

  /**
   * The form behind a reset link. The user must be the object that the link's token was checked against: the password is set only where
   * that one still stands, so that of many confirmations at once a single one wins; `save()` gives null to the others.
   */
  setPassword(): FormClass<NewPassword, I | null, { readonly user: I }>

  /** The form with which people ask for a reset link. `save()` hands a link for everybody who has the address to the mail. */
  passwordReset(): FormClass<{ readonly email: string }, void>

  /**
   * The form with which people ask for another address, with their password. `save()` gives the address and writes nothing: hand it to
   * `auth.emails.change()`.
   */
  emailChange(): FormClass<{ readonly email: string; readonly password: Secret<string> }, string, { readonly user?: I }>

  /**
   * The form with which somebody who is logged in proves once more that they know their password. `save()` gives the user and writes nothing.
   *
   * @example
   * const form = await auth.forms.presentPassword().bind(request)
   * if (!form.isValid) return page(form.toHtml(), 422)
   */
  presentPassword(): FormClass<{ readonly password: Secret<string> }, I, { readonly user?: I }>

  /** The form with which people ask for a link to register, on a site whose registration tells nothing. `save()` gives the address. */
  registrationRequest(): FormClass<{ readonly email: string }, string>

  /** The form with which staff set somebody's password, or take it away. */
  adminPasswordChange(): FormClass<StaffPasswordChange, I, { readonly user: I }>
}

/** Makes the forms of a site. */
export function createForms(site: FormSite): SiteForms {
  return {
    authentication: (options) => authenticationForm(site, options as AuthenticationOptions<never>) as never,
    userCreation: (options) => userCreationForm(site, options) as never,
    adminUserCreation: (options) => adminUserCreationForm(site, options) as never,
    userChange: (options) => userChangeForm(site, options ?? {}, 'visitors') as never,
    adminUserChange: (options) => userChangeForm(site, options ?? {}, 'staff') as never,
    profile: (options) => profileForm(site, options) as never,
    passwordChange: () => passwordChangeForm(site) as never,
    setPassword: () => setPasswordForm(site) as never,
    passwordReset: () => passwordResetForm(site) as never,
    emailChange: () => emailChangeForm(site) as never,
    presentPassword: () => presentPasswordForm(site) as never,
    registrationRequest: () => registrationRequestForm(site) as never,
    adminPasswordChange: () => adminPasswordChangeForm(site) as never,
  }
}
