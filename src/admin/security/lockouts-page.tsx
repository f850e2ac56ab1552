/**
 * Who is locked out, until when, and ending it. Tables know accounts by keyed hashes only; whose they are, events of the last days tell.
 * @module
 */

import type { JSX } from 'hono/jsx/jsx-runtime'
import type { Lockout, LockoutSubject } from '../../authentication/lockouts.js'
import { CsrfField } from '../../pages/components/csrf-field.js'
import { appName } from '../admin-site.js'
import { notify } from '../frame/notices.js'
import { adminPage, headerOf } from '../frame/page.js'
import { onlyText, readFields } from '../people/open.js'
import { UNLOCK_ACCOUNT } from '../rights/grant-any.js'
import type { AdminPageHandlers } from '../special.js'
import type { AdminVisit } from '../visit.js'
import { LOCKOUTS_PATH, mayUnlock, SECURITY } from './access.js'
import { accountsOf, keyOf, type NamedAccount } from './event-names.js'
import { LockoutTableCard } from './lockout-table.js'
import { endLockouts, type Unlocked } from './unlocking.js'

/** A keyed hash of an account's name. */
const ACCOUNT = /^[0-9a-f]{64}$/
/** A network, as counters have it. */
const ADDRESS = /^[0-9a-f:.]{2,45}(?:\/\d{1,3})?$/
/** The longest wait there is by default, with some room: whoever waits now was locked out since. In milliseconds. */
const LOOK_BACK = 4 * 86_400_000

/** The page. */
export const lockoutsPage: AdminPageHandlers = {
  async GET(visit) {
    if (!(await mayUnlock(visit.request))) return visit.forbidden(`lacks ${UNLOCK_ACCOUNT}`)
    const lockouts = await visit.parts.lockouts.list()
    const known = await accountsIn(visit, lockouts)
    const token = visit.request.csrfToken()
    return adminPage(visit, {
      title: 'Lockouts',
      subtitle: 'Who has tried too often to log in, and waits. Waits end by themselves.',
      breadcrumbs: [
        { label: headerOf(visit), href: `${visit.base}/` },
        { label: appName(SECURITY), href: `${visit.base}/${SECURITY}/` },
        { label: 'Lockouts' },
      ],
      content:
        lockouts.length === 0 ? (
          <div class="pc-card pa-empty pa-nothing">
            <p>Nobody waits.</p>
          </div>
        ) : (
          <div class="pa-wide">
            <LockoutTableCard
              lockouts={lockouts}
              whose={(one) => known.get(one.account) ?? null}
              button={(one) => <Unlock lockout={one} called={known.get(one.account)?.name ?? one.account.slice(0, 8)} token={token} />}
            />
          </div>
        ),
    })
  },
  async POST(visit) {
    if (!(await mayUnlock(visit.request))) return visit.forbidden(`lacks ${UNLOCK_ACCOUNT}`)
    const { data } = await readFields(visit, new Set())
    const subject = subjectOf(onlyText(data, 'account'), onlyText(data, 'address'))
    if (subject === null) return visit.refuse({ status: 400, code: 'bad_request', reason: 'neither an account nor an address' })
    const unlocked = await whoIs(visit, subject)
    const count = await endLockouts(visit, unlocked)
    if (visit.request.wantsJson) return visit.json({ dropped: count })
    const called = 'user' in unlocked ? unlocked.user.getUsername() : unlocked.called
    notify(visit, count === 0 ? 'info' : 'success', count === 0 ? 'That wait was over already.' : `“${called}” may try again.`)
    return visit.redirect(`${visit.base}${LOCKOUTS_PATH}`)
  },
}

function Unlock({ lockout, called, token }: { readonly lockout: Lockout; readonly called: string; readonly token: string }): JSX.Element {
  const isAccount = lockout.account !== ''
  return (
    <form method="post">
      <CsrfField token={token} />
      <button
        type="submit"
        class="pc-button pc-button-quiet pc-button-small"
        name={isAccount ? 'account' : 'address'}
        value={isAccount ? lockout.account : lockout.address}
      >
        Unlock<span class="pc-visually-hidden"> {isAccount ? `the account ${called}` : `the address ${lockout.address}`}</span>
      </button>
    </form>
  )
}

function subjectOf(account: string | null, address: string | null): LockoutSubject | null {
  if (account !== null) return address === null && ACCOUNT.test(account) ? { account } : null
  return address !== null && ADDRESS.test(address) ? { address } : null
}

/** Somebody with an account here is unlocked, and noted, by their name. */
async function whoIs(visit: AdminVisit, subject: LockoutSubject): Promise<Unlocked> {
  if (!('account' in subject)) return { subject, called: 'address' in subject ? subject.address : '' }
  const found = (await accountsIn(visit, [subject])).get(subject.account)
  return found === undefined ? { subject, called: subject.account.slice(0, 8) } : { user: found.user }
}

/** The accounts that these hashes are of, as far as the last lockouts tell. */
async function accountsIn(visit: AdminVisit, lockouts: readonly Pick<Lockout, 'account'>[]): Promise<ReadonlyMap<string, NamedAccount>> {
  const wanted = new Set(lockouts.map((one) => one.account))
  if (wanted.size === 0) return new Map()
  const since = new Date(visit.parts.clock.now().getTime() - LOOK_BACK)
  const events = await visit.parts.events.list({ name: 'locked_out', since, limit: 500 })
  const keys = new Map(
    events.flatMap(({ target, data }) => {
      const [account, key] = [data['account'], target === null ? null : keyOf(target, 'user')]
      return key !== null && typeof account === 'string' && wanted.has(account) ? [[account, key] as const] : []
    }),
  )
  const accounts = await accountsOf(visit, [...keys.values()])
  return new Map(
    [...keys].flatMap(([account, key]) => {
      const found = accounts.get(key)
      // The account may have another name by now, which is counted by itself.
      return found !== undefined && visit.parts.lockouts.isAbout({ account }, found.name) ? [[account, found] as const] : []
    }),
  )
}
