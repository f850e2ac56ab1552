/**
 * Server actions: in and out without the account pages.
 * @module
 */

'use server'

import { redirect } from 'next/navigation'
import { auth, getRequest, login, logout } from '../auth'

export async function signIn(form: FormData): Promise<void> {
  const user = await auth.authenticate(await getRequest(), { username: String(form.get('username')), password: String(form.get('password')) })
  if (user === null) redirect('/login?wrong')
  await login(user)
  redirect('/members')
}

export async function signOut(): Promise<void> {
  await logout()
  redirect('/')
}
