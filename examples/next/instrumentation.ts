/**
 * Runs once, when the server starts: makes the database.
 * @module
 */

export async function register(): Promise<void> {
  if (process.env['NEXT_RUNTIME'] !== 'nodejs') return
  const { auth } = await import('./auth')
  await auth.migrate()
}
