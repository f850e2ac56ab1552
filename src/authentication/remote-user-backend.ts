/**
 * The remote user backend: somebody in front of the site (a proxy with single sign-on) has checked who it is and says the name.
 * @module
 */

import type { BaseUser } from '../accounts/base-user.js'
import { UniqueViolation } from '../base/errors.js'
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
 */
export class RemoteUserBackend extends ModelBackend {
  override readonly path: string = 'django.contrib.auth.backends.RemoteUserBackend'
  readonly #options: RemoteUserOptions

  constructor(parts: ModelBackendParts, options: RemoteUserOptions = {}) {
    super(parts)
    this.#options = options
  }

  override accepts(credentials: Credentials): boolean {
    return typeof credentials['remoteUser'] === 'string' && credentials['remoteUser'] !== ''
  }

  override async authenticate(request: unknown, credentials: Credentials): Promise<BaseUser | null> {
    if (!this.accepts(credentials)) return null
    const { cleanUsername = (name: string) => name, configureUser = (_request: unknown, user: BaseUser) => user } = this.#options
    const name = cleanUsername(credentials['remoteUser'] as string)
    const known = await this.#find(name)
    const user = known ?? (this.#options.createUnknownUser === false ? null : await this.#create(name))
    if (user === null) return null
    const configured = await configureUser(request, user, known === null)
    return this.userCanAuthenticate(configured) ? configured : null
  }

  async #find(name: string): Promise<BaseUser | null> {
    const { users } = this.parts
    return users.find({ [users.model.usernameField]: users.normalizeUsername(name) } as never)
  }

  /** Two requests of a newcomer may arrive together; whoever comes second finds the account of the first. */
  async #create(name: string): Promise<BaseUser | null> {
    const { users } = this.parts
    try {
      return await users.createUser({ [users.model.usernameField]: name } as never)
    } catch (error) {
      if (error instanceof UniqueViolation) return this.#find(name)
      throw error
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
