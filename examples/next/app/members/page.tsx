/**
 * A page for users. The guard is here, where the data is, and not in a middleware.
 * @module
 */

import { requireUser } from '../../auth'

export default async function Members() {
  const user = await requireUser({ next: '/members' })
  return <p>Welcome back, {user.getFullName() || user.username}</p>
}
