/**
 * Nobody in particular: the user of a request without a login (U-20 to U-22).
 * @module
 */

import { inspect } from 'node:util'
import { PortcullisError } from '../base/errors.js'
import type { permissionNames, PermissionOf } from './permission-names.js'
import type { PermissionQuestions } from './user-services.js'

const NOBODY = 'AnonymousUser'

/** An empty relation: nobody is in no group. */
const nothing = {
  all: async (): Promise<never[]> => [],
  has: async (): Promise<false> => false,
  count: async (): Promise<0> => 0,
} as const

/**
 * A visitor who has not logged in. Backends are asked all the same: one of the application's own may grant something to everybody.
 *
 * @example
 * if (request.user.isAnonymous) return page('Welcome, stranger')
 */
export class AnonymousUser<P extends string = string> {
  declare readonly [permissionNames]?: P
  readonly #questions: PermissionQuestions | null

  /** `questions` comes from the site; an anonymous user without one may nothing. */
  constructor(questions: PermissionQuestions | null = null) {
    this.#questions = questions
  }

  readonly id = null
  readonly pk = null
  readonly username = ''
  readonly isStaff = false
  readonly isActive = false
  readonly isSuperuser = false
  readonly groups = nothing
  readonly userPermissions = nothing

  /** Always false. */
  get isAuthenticated(): false {
    return false
  }

  /** Always true. */
  get isAnonymous(): true {
    return true
  }

  getUsername(): '' {
    return ''
  }

  async hasPerm(permission: P, object?: unknown): Promise<boolean> {
    return (await this.#questions?.hasPerm(this, permission, object)) ?? false
  }

  async hasPerms(permissions: readonly P[], object?: unknown): Promise<boolean> {
    return (await this.#questions?.hasPerms(this, permissions, object)) ?? permissions.length === 0
  }

  async hasModulePerms(appLabel: string): Promise<boolean> {
    return (await this.#questions?.hasModulePerms(this, appLabel)) ?? false
  }

  async getUserPermissions(object?: unknown): Promise<ReadonlySet<PermissionOf<this>>> {
    return ((await this.#questions?.getUserPermissions(this, object)) ?? new Set()) as ReadonlySet<PermissionOf<this>>
  }

  /** Always empty: nobody is in no group. */
  async getGroupPermissions(): Promise<ReadonlySet<PermissionOf<this>>> {
    return new Set()
  }

  async getAllPermissions(object?: unknown): Promise<ReadonlySet<PermissionOf<this>>> {
    return ((await this.#questions?.getAllPermissions(this, object)) ?? new Set()) as ReadonlySet<PermissionOf<this>>
  }

  setPassword(): never {
    throw notStored('setPassword')
  }

  checkPassword(): never {
    throw notStored('checkPassword')
  }

  update(): never {
    throw notStored('update')
  }

  delete(): never {
    throw notStored('delete')
  }

  toString(): string {
    return NOBODY
  }

  toJSON(): { isAnonymous: true } {
    return { isAnonymous: true }
  }

  [inspect.custom](): string {
    return NOBODY
  }
}

function notStored(method: string): PortcullisError {
  return new PortcullisError(`${method}() was called on an anonymous visitor, who has no row in the database. Check \`user.isAuthenticated\` first.`)
}
