/**
 * What happened on the site, newest first. Pages go on from an event, not by counting, so that the last costs what the first does.
 * @module
 */

import type { JSX } from 'hono/jsx/jsx-runtime'
import { EVENTS, isEventName } from '../../events/event-names.js'
import type { EventPlace, EventQuery, StoredEvent } from '../../events/event-table.js'
import { appName } from '../admin-site.js'
import { adminPage, headerOf } from '../frame/page.js'
import { LONGEST_SEARCH, readQuery, readSearch, withQuery } from '../people/query.js'
import type { AdminPageHandlers } from '../special.js'
import type { AdminVisit } from '../visit.js'
import { mayViewEvents, SECURITY } from './access.js'
import { EventTableCard } from './event-table.js'
import { namesOf } from './event-names.js'
import { VIEW_EVENT } from '../rights/grant-any.js'

/** Rows of a page. */
const PAGE = 50

/** Where a page goes on: milliseconds and the number of the event before. */
const PLACE = /^(\d{1,14})-(\d{1,15})$/

const FILTERS = ['name', 'user', 'key', 'address', 'before'] as const

/** What is asked for, as the address says it. */
interface Asked {
  readonly name: string
  /** A username. */
  readonly user: string
  /** The key of an account, which may be gone. */
  readonly key: string
  readonly address: string
  readonly before: string
}

/** The page. */
export const eventsPage: AdminPageHandlers = {
  async GET(visit) {
    if (!(await mayViewEvents(visit.request))) return visit.forbidden(`lacks ${VIEW_EVENT}`)
    const given = readQuery(visit, FILTERS)
    if ('refused' in given) return visit.refuse({ status: 400, code: 'bad_request', reason: given.refused })
    const asked = Object.fromEntries(FILTERS.map((one) => [one, readSearch(given[one])])) as unknown as Asked
    const query = await queryOf(visit, asked)
    if (query === null) return visit.refuse({ status: 400, code: 'bad_request', reason: 'no name of an event, or no place among them' })
    const found = query === 'nobody' ? [] : await visit.parts.events.list({ ...query, limit: PAGE + 1 })
    const events = found.slice(0, PAGE)
    return adminPage(visit, {
      title: 'Security events',
      breadcrumbs: [
        { label: headerOf(visit), href: `${visit.base}/` },
        { label: appName(SECURITY), href: `${visit.base}/${SECURITY}/` },
        { label: 'Security events' },
      ],
      content: (
        <div class="pa-wide">
          <Filters asked={asked} />
          {events.length === 0 ? (
            <div class="pc-card pa-empty pa-nothing">
              <p>{query === 'nobody' ? 'Nobody has that name.' : 'Nothing is noted that fits.'}</p>
            </div>
          ) : (
            <EventTableCard
              events={events}
              names={await namesOf(visit, events)}
              addressHref={(address) => withQuery('', { address })}
              below={<Places asked={asked} last={found.length > PAGE ? events.at(-1) : undefined} />}
            />
          )}
        </div>
      ),
    })
  },
}

/** The question to the table; null where a filter says nothing, `nobody` where nothing can fit. */
async function queryOf(visit: AdminVisit, { name, user, key, address, before }: Asked): Promise<EventQuery | 'nobody' | null> {
  if (name !== '' && !isEventName(name)) return null
  const place = before === '' ? null : placeOf(before)
  if (before !== '' && place === null) return null
  const { users } = visit.parts
  const found = user === '' ? null : await users.find({ [users.model.usernameField]: users.normalizeUsername(user) } as never)
  if (user !== '' && found === null) return 'nobody'
  const whose = found ?? (key === '' ? undefined : key)
  return {
    ...(isEventName(name) ? { name } : {}),
    ...(whose === undefined ? {} : { user: whose }),
    ...(address === '' ? {} : { address }),
    ...(place === null ? {} : { before: place }),
  }
}

function placeOf(text: string): EventPlace | null {
  const [, milliseconds = '', id = ''] = PLACE.exec(text) ?? []
  return id === '' ? null : { time: new Date(Number(milliseconds)), id: Number(id) }
}

function Filters({ asked: { name, user, key, address } }: { readonly asked: Asked }): JSX.Element {
  const isFiltered = [name, user, key, address].some((one) => one !== '')
  return (
    <form method="get" class="pc-card pa-matrix-chooser" role="search" aria-label="Which events to show">
      <div class="pa-matrix-of">
        <label class="pc-label" for="event-name">
          What happened
        </label>
        <select class="pc-input" name="name" id="event-name">
          <option value="">Anything</option>
          {Object.entries(EVENTS).map(([value, { label }]) => (
            <option value={value} selected={value === name}>
              {label}
            </option>
          ))}
        </select>
      </div>
      <div class="pa-matrix-of">
        <label class="pc-label" for="event-user">
          By or to whom
        </label>
        <input
          class="pc-input"
          type="text"
          name="user"
          id="event-user"
          value={user}
          maxlength={LONGEST_SEARCH}
          autocomplete="off"
          autocapitalize="none"
          spellcheck={false}
          placeholder={key === '' ? 'A username' : `Account ${key}`}
        />
      </div>
      <div class="pa-matrix-of">
        <label class="pc-label" for="event-address">
          From which address
        </label>
        <input
          class="pc-input"
          type="text"
          name="address"
          id="event-address"
          value={address}
          maxlength={45}
          autocomplete="off"
          spellcheck={false}
          placeholder="203.0.113.9"
        />
      </div>
      <button type="submit" class="pc-button pc-button-quiet">
        Show
      </button>
      {isFiltered && <a href="?">Show all</a>}
    </form>
  )
}

/** Onward from the last event that is shown, and back to the newest. */
function Places({ asked: { before, ...kept }, last }: { readonly asked: Asked; readonly last: StoredEvent | undefined }): JSX.Element | null {
  if (before === '' && last === undefined) return null
  return (
    <nav class="pa-pages" aria-label="Pages">
      {before !== '' && <a href={withQuery('', kept) || '?'}>Newest</a>}
      {last !== undefined && (
        <a rel="next" href={withQuery('', { ...kept, before: `${last.time.getTime()}-${last.id}` })}>
          Older
        </a>
      )}
    </nav>
  )
}
