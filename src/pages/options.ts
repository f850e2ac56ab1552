/**
 * What an application may say of its account pages, and the defaults.
 * @module
 */

import { ImproperlyConfigured } from '../base/errors.js'
import type { BlankForm, BoundForm, FormRequest } from '../forms/form-types.js'
import { icon } from './look/icon.js'
import { staticFile, type StaticFile } from './look/static-files.js'
import { stylesheet } from './look/stylesheet.js'
import { script } from './browser/script.js'
import type { BaseUser } from '../accounts/base-user.js'
import type { PagesSite } from './pages-site.js'
import type { LayoutProps } from './props.js'
import { defaultLayout, defaultTemplates, type Template, type Templates } from './templates.js'

/** A form as a page uses it: shown, bound, saved. Whatever `auth.forms` gives is one. */
export interface PageForm<Saved> {
  bind(request: FormRequest, given?: object): Promise<BoundForm<object, Saved>>
  blank(request?: FormRequest | null, given?: object): BlankForm | Promise<BlankForm>
}

/** What an application may say of registering. */
export interface RegisterOptions {
  /** The form. Default: the name to log in by, an e-mail address where the model has one, and a password twice. */
  readonly form?: PageForm<BaseUser>
  /** Where it leads, without `next`. Default: where a login leads. */
  readonly successUrl?: string
}

/** What the browser is asked to forget after a logout. */
export type ClearedData = 'cache' | 'cookies' | 'storage'

/** What an application may say of its account pages. */
export interface PagesOptions {
  /** Templates in place of ours, by page. */
  readonly templates?: Partial<Templates>
  /** What surrounds every page. */
  readonly layout?: Template<LayoutProps>
  /** The site's name on the pages. Default: `siteName` of the site. */
  readonly siteName?: string
  /** Where the name leads. Default `/`. */
  readonly homeUrl?: string
  /** A picture beside the name, as a path of this site. Default: our mark. */
  readonly logo?: string
  /** The language of the pages, for `<html lang>`. Default `en`. */
  readonly language?: string
  /** `light` or `dark`; by default the visitor's system decides. */
  readonly theme?: 'light' | 'dark'
  /** Stylesheets after ours, as paths of this site: set `--pc-accent` and its neighbours there. */
  readonly stylesheets?: readonly string[]
  /** Scripts after ours, as paths of this site. */
  readonly scripts?: readonly string[]
  /** `false`: nobody registers by themselves. */
  readonly register?: boolean | RegisterOptions
  /** `false`: passwords are not reset by mail. */
  readonly passwordReset?: boolean | { readonly loginAfterwards?: boolean }
  /** The form of the profile page, in place of `auth.forms.profile()`. */
  readonly profile?: { readonly form: PageForm<BaseUser> }
  /** Hosts besides this one that `next` may lead to. Django's `success_url_allowed_hosts`. */
  readonly allowedRedirectHosts?: readonly string[]
  /** Sends who is logged in on from the login page. Default false, because it lets other sites find out who is (W-3). */
  readonly redirectAuthenticatedUser?: boolean
  /** What a browser is asked to forget after a logout. Default: cache and storage; cookies of neighbouring hosts would go too. */
  readonly clearSiteData?: readonly ClearedData[]
}

/** The same, settled. */
export interface SettledPages {
  readonly templates: Templates
  readonly layout: Template<LayoutProps>
  readonly siteName: string
  readonly homeUrl: string
  readonly logo: string | null
  readonly language: string
  readonly theme: 'light' | 'dark' | null
  readonly stylesheets: readonly string[]
  readonly scripts: readonly string[]
  /** Null where nobody registers by themselves. */
  readonly register: { readonly mode: 'open' | 'private' } | null
  /** How those who come by a link make their account, and on an open site everybody. */
  readonly registerForm: PageForm<BaseUser>
  readonly registerSuccessUrl: string | null
  /** Null where passwords are not reset. */
  readonly passwordReset: { readonly loginAfterwards: boolean } | null
  readonly profileForm: PageForm<BaseUser>
  /** Whether an address is changed by a link to the new one. */
  readonly changesEmailByLink: boolean
  readonly allowedRedirectHosts: readonly string[]
  readonly redirectAuthenticatedUser: boolean
  readonly clearSiteData: string
  /** Our own files, by name. */
  readonly files: ReadonlyMap<string, StaticFile>
  readonly stylesheet: StaticFile
  readonly script: StaticFile
  readonly icon: StaticFile
}

/** Fills in the defaults. */
export function settlePages(site: PagesSite, options: PagesOptions = {}): SettledPages {
  const files = {
    stylesheet: staticFile('portcullis.css', stylesheet),
    script: staticFile('portcullis.js', script),
    icon: staticFile('portcullis.svg', icon),
  }
  return {
    templates: { ...defaultTemplates, ...withoutGaps(options.templates ?? {}) },
    layout: options.layout ?? defaultLayout,
    siteName: options.siteName ?? site.settings.siteName,
    homeUrl: options.homeUrl ?? '/',
    logo: options.logo ?? null,
    language: options.language ?? 'en',
    theme: options.theme ?? null,
    stylesheets: options.stylesheets ?? [],
    scripts: options.scripts ?? [],
    ...settleRegister(site, options.register ?? true),
    passwordReset: settleReset(site, options.passwordReset ?? true),
    changesEmailByLink: site.emailSide.settings.verification,
    profileForm: options.profile?.form ?? site.forms.profile(),
    allowedRedirectHosts: options.allowedRedirectHosts ?? [],
    redirectAuthenticatedUser: options.redirectAuthenticatedUser ?? false,
    clearSiteData: (options.clearSiteData ?? ['cache', 'storage']).map((one) => `"${one}"`).join(', '),
    files: new Map(Object.values(files).map((file) => [file.name, file])),
    ...files,
  }
}

function settleRegister(site: PagesSite, given: boolean | RegisterOptions): Pick<SettledPages, 'register' | 'registerForm' | 'registerSuccessUrl'> {
  const { mode } = site.emailSide.registration
  const { form, successUrl = null } = typeof given === 'boolean' ? {} : given
  const isForAll = given !== false && (mode === 'open' || mode === 'private')
  return {
    register: isForAll ? { mode } : null,
    registerForm: form ?? usualRegistration(site),
    registerSuccessUrl: successUrl,
  }
}

function settleReset(site: PagesSite, given: boolean | { readonly loginAfterwards?: boolean }): SettledPages['passwordReset'] {
  // Without an address there is nowhere to send a link.
  if (given === false || !site.user.meta.column.has(site.user.emailField)) return null
  return { loginAfterwards: given === true ? false : (given.loginAfterwards ?? false) }
}

/** The name to log in by, what no account can be without, and an address: whoever forgets the password has no other way back. */
function usualRegistration(site: PagesSite): PageForm<BaseUser> {
  const { usernameField, emailField, requiredFields, meta } = site.user
  const needed = meta.columns.filter((one) => one.field.isRequired && one.name !== 'password').map((one) => one.name)
  const wanted = [usernameField, emailField, ...requiredFields, ...needed].filter((name) => meta.column.has(name))
  return site.forms.userCreation({ fields: [...new Set(wanted)] as never })
}

/** A template that is not there is ours, not nothing; one of a name there is not is a slip of the pen. */
function withoutGaps(given: Partial<Templates>): Partial<Templates> {
  const unknown = Object.keys(given).find((name) => !Object.hasOwn(defaultTemplates, name))
  if (unknown !== undefined) {
    throw new ImproperlyConfigured(`templates.${unknown} is no template of the account pages. They are: ${Object.keys(defaultTemplates).join(', ')}.`)
  }
  return Object.fromEntries(Object.entries(given).filter(([, template]) => template !== undefined))
}
