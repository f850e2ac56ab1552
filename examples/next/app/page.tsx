/**
 * A page for everybody: a server component that asks who is there.
 * @module
 */

import { getUser } from '../auth'
import { signOut } from './actions'

export default async function Home() {
  const user = await getUser()
  if (user.isAnonymous) return <p>Hello stranger</p>
  return (
    <form action={signOut}>
      <p>Hello {user.username}</p>
      <button>Log out</button>
    </form>
  )
}
