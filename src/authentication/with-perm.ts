/**
 * Who may: the reverse question, put to one backend (U-18).
 * @module
 */

import type { BaseUser } from '../accounts/base-user.js'
import type { Permission } from '../accounts/permission.js'
import type { WithPermOptions } from '../accounts/user-manager.js'
import { ImproperlyConfigured } from '../base/errors.js'
import type { Backend } from './backend.js'

/** Everybody who may, as the named backend sees it, or the only one there is. A backend that cannot tell finds nobody. */
export async function withPerm(backends: readonly Backend[], permission: string | Permission, options: WithPermOptions): Promise<readonly BaseUser[]> {
  return (await chosen(backends, options.backend).withPerm?.(permission, options)) ?? []
}

function chosen(backends: readonly Backend[], path: string | undefined): Backend {
  const paths = backends.map((one) => one.path).join(', ')
  if (path === undefined) {
    const [only, ...others] = backends
    if (only === undefined || others.length > 0) throw new ImproperlyConfigured(`This site has several authentication backends (${paths}). Name one as \`backend\`.`)
    return only
  }
  const found = backends.find((one) => one.path === path)
  if (found === undefined) throw new ImproperlyConfigured(`This site has no authentication backend '${path}'. It has: ${paths}.`)
  return found
}
