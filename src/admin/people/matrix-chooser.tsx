/**
 * The choice above the matrix: whose permissions, and which groups.
 * @module
 */

import type { JSX } from 'hono/jsx/jsx-runtime'
import { appName } from '../admin-site.js'
import type { AdminVisit } from '../visit.js'
import { MOST_CHOICES, MOST_GROUPS } from './matrix-data.js'
import type { MatrixState } from './matrix-state.js'
import { LONGEST_SEARCH } from './query.js'

/** The form, which only asks for another page. */
export function Chooser({ visit, state }: { readonly visit: AdminVisit; readonly state: MatrixState }): JSX.Element {
  const shown = new Set(state.groups.map((one) => one.key))
  const of = state.app === '' ? '' : state.model === '' ? state.app : `${state.app}.${state.model}`
  return (
    <form method="get" class="pc-card pa-matrix-chooser">
      <div class="pa-matrix-of">
        <label class="pc-label" for="of">
          Permissions of
        </label>
        <select class="pc-input" name="of" id="of">
          <option value="">every app</option>
          {state.apps.map(({ app, models }) => (
            <optgroup label={appName(app)}>
              <option value={app} selected={of === app}>
                {`all of ${appName(app)}`}
              </option>
              {models.map((model) => (
                <option value={`${app}.${model}`} selected={of === `${app}.${model}`}>
                  {visit.parts.registry.find(`${app}.${model}`)?.meta.verboseName ?? model}
                </option>
              ))}
            </optgroup>
          ))}
        </select>
      </div>
      <div class="pa-matrix-of">
        <label class="pc-label" for="q">
          Groups called
        </label>
        <input class="pc-input" type="search" name="q" id="q" value={state.search} maxlength={LONGEST_SEARCH} placeholder="any name" />
      </div>
      <input type="hidden" name="for" value={state.search} />
      <button type="submit" class="pc-button pc-button-quiet">
        Show
      </button>
      {state.choices.length > 1 && (
        <details class="pa-matrix-groups">
          <summary>
            {state.groups.length} of {state.hasMoreChoices ? `more than ${MOST_CHOICES}` : state.choices.length} groups
          </summary>
          <fieldset>
            <legend class="pc-small pc-soft">Choose up to {MOST_GROUPS}, and press “Show”.</legend>
            <div class="pa-matrix-choices">
              {state.choices.map((one) => (
                <label class="pa-check">
                  <input type="checkbox" name="g" value={String(one.key)} checked={shown.has(one.key)} />
                  <span>{one.name}</span>
                </label>
              ))}
            </div>
            {state.hasMoreChoices && <p class="pc-help">These are the first of many. Search for the others.</p>}
          </fieldset>
        </details>
      )}
    </form>
  )
}
