/**
 * A login form of the application's own, beside the one among the account pages.
 * @module
 */

import { signIn } from '../actions'

export default function Login() {
  return (
    <form action={signIn}>
      <input name="username" autoComplete="username" />
      <input name="password" type="password" autoComplete="current-password" />
      <button>Log in</button>
    </form>
  )
}
