/**
 * Waits that stand, as people read them.
 * @module
 */

import type { JSX } from 'hono/jsx/jsx-runtime'
import type { Lockout, LockoutKind } from '../../authentication/lockouts.js'
import { Moment } from '../../pages/components/moment.js'
import { TableCard } from '../frame/table-card.js'
import type { Named } from './event-names.js'

/** What is counted, in words. */
export const LOCKOUT_KINDS: Readonly<Record<LockoutKind, string>> = {
  account: 'An account, from everywhere',
  'account-address': 'An account, from one address',
  address: 'An address, whatever the account',
  device: 'An account, from a browser it knows',
}

/** What a table of waits is shown with. */
export interface LockoutTableProps {
  readonly lockouts: readonly Lockout[]
  /** Whose account it is, where somebody knows. */
  readonly whose: (lockout: Lockout) => Named | null
  /** The button of a row; null for a table without. */
  readonly button: ((lockout: Lockout) => JSX.Element) | null
}

/** The table. */
export function LockoutTableCard({ lockouts, whose, button }: LockoutTableProps): JSX.Element {
  const columns = ['What waits', 'Account', 'Address', 'Tries', 'Until']
  return (
    <TableCard label="Lockouts" columns={button === null ? columns : [...columns, <span class="pc-visually-hidden">Unlock</span>]}>
      <tbody>
        {lockouts.map((one) => (
          <tr>
            <th scope="row">{LOCKOUT_KINDS[one.kind]}</th>
            <td>
              <Account account={one.account} named={whose(one)} />
            </td>
            <td>{one.address === '' ? '–' : one.address}</td>
            <td>{one.tries}</td>
            <td>
              <Moment at={one.until.toISOString()} />
            </td>
            {button !== null && <td class="pa-cell-end">{button(one)}</td>}
          </tr>
        ))}
      </tbody>
    </TableCard>
  )
}

function Account({ account, named }: { readonly account: string; readonly named: Named | null }): JSX.Element {
  if (account === '') return <>–</>
  // Of a name that nobody has there is only what it is counted by.
  if (named === null) return <span class="pa-code">{account.slice(0, 8)}</span>
  return named.href === null ? <>{named.name}</> : <a href={named.href}>{named.name}</a>
}
