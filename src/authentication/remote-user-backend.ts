/**
 * The remote user backend: somebody in front of the site (a proxy with single sign-on) has checked who it is and says the name.
 * @module
 */

import type { BaseUser } from '../accounts/base-user.js'
import { UniqueViolation, ValidationError } from '../base/errors.js'
import type { Credentials } from './backend.js'
import { ModelBackend, type ModelBackendParts } from './model-backend.js'

/** How remote names become users. */
export interface RemoteUserOptions {
  /** Whether an unknown name gets an account, without a password. Default true. */
  readonly createUnknownUser?: boolean
  /** Makes the account's name of the name that was said: cuts a realm off, say. */
  readonly cleanUsername?: (name: string) => string
  /** Runs at every login, for a new account with `created`; what it returns is let in. */
  readonly configureUser?: (request: unknown, user: BaseUser, created: boolean) => Promise<BaseUser> | BaseUser
}

/**
 * Lets in whom `{ remoteUser }` names, and answers permission questions from Django's tables. Only for names that a trusted server set:
 * a header that visitors can send themselves lets anybody in as anybody.
 *
 * @example
 * const auth = portcullis({ secretKey, database, authenticationBackends: [(site) => new RemoteUserBackend(site)] })
 * const user = await auth.authenticate(request, { remoteUser: 'ada' })
 */
export class RemoteUserBackend extends ModelBackend {
  override readonly path: string = 'django.contrib.auth.backends.RemoteUserBackend'
  readonly #options: RemoteUserOptions

  constructor(parts: ModelBackendParts, options: RemoteUserOptions = {}) {
    super(parts)
    this.#options = options
  }

  /** Only the name and nothing beside it: what a form or a JSON body adds to a password is never taken for a proxy's word. */
  override accepts(credentials: Credentials): boolean {
    const names = Object.keys(credentials)
    return names.length === 1 && typeof credentials['remoteUser'] === 'string' && credentials['remoteUser'] !== ''
  }

  override async authenticate(request: unknown, credentials: Credentials): Promise<BaseUser | null> {
    if (!this.accepts(credentials)) return null
    const { configureUser = (_request: unknown, user: BaseUser) => user } = this.#options
    const found = await this.#findOrCreate(this.cleanUsername(credentials['remoteUser'] as string))
    if (found === null) return null
    const configured = await configureUser(request, found.user, found.created)
    return this.userCanAuthenticate(configured) ? configured : null
  }

  /** The account's name of the name that was said. */
  cleanUsername(name: string): string {
    return this.parts.users.normalizeUsername(this.#options.cleanUsername?.(name) ?? name)
  }

  /** Null for a name nobody has, where none is made, and for one that no account could have. */
  async #findOrCreate(name: string): Promise<{ readonly user: BaseUser; readonly created: boolean } | null> {
    const { users } = this.parts
    const { usernameField } = users.model
    const find = async () => users.find({ [usernameField]: users.normalizeUsername(name) } as never)
    try {
      const known = await find()
      if (known !== null) return { user: known, created: false }
      if (this.#options.createUnknownUser === false) return null
      return { user: await users.createUser({ [usernameField]: name } as never), created: true }
    } catch (error) {
      if (error instanceof ValidationError) return null
      if (!(error instanceof UniqueViolation)) throw error
      // Two requests of a newcomer arrived together, and this one came second: the account is there now.
      const first = await find()
      return first === null ? null : { user: first, created: false }
    }
  }
}

/** Lets inactive users in too. */
export class AllowAllUsersRemoteUserBackend extends RemoteUserBackend {
  override readonly path: string = 'django.contrib.auth.backends.AllowAllUsersRemoteUserBackend'

  override userCanAuthenticate(): boolean {
    return true
  }
}
