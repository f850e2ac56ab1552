/**
 * The forms of a site: declared once, bound to a request, typed by the site's own user.
 * @module
 */

import type { BaseUser } from '../accounts/base-user.js'
import type { AnyUserClass } from '../accounts/user.js'
import type { Secret } from '../base/secret.js'
import { authenticationForm, type AuthenticationData, type AuthenticationOptions } from './authentication-form.js'
import type { FormSite } from './form-site.js'
import type { FormClass, ValidForm } from './form-types.js'
import { adminUserCreationForm, userCreationForm, type UserCreationOptions } from './user-creation-form.js'
import type { LoginField, UserValues, VisitorField } from './user-fields.js'

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

/** The forms of a site whose users are `I`, of the class `U`. */
export interface SiteForms<U extends AnyUserClass = AnyUserClass, I extends BaseUser = BaseUser> {
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
   * const SignupForm = auth.forms.userCreation({ fields: ['username', 'email', 'phone'] })
   */
  userCreation<const K extends VisitorField<U> = LoginField<U> & VisitorField<U>>(
    options?: UserCreationOptions<K>,
  ): FormClass<UserValues<U, K> & NewUserPassword, I>

  /** The form with which staff make an account, perhaps one without a password. */
  adminUserCreation<const K extends VisitorField<U> = LoginField<U> & VisitorField<U>>(
    options?: UserCreationOptions<K>,
  ): FormClass<UserValues<U, K> & StaffPassword, I>
}

/** Makes the forms of a site. */
export function createForms(site: FormSite): SiteForms {
  return {
    authentication: (options) => authenticationForm(site, options as AuthenticationOptions<never>) as never,
    userCreation: (options) => userCreationForm(site, options) as never,
    adminUserCreation: (options) => adminUserCreationForm(site, options) as never,
  }
}
