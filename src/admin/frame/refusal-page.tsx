/**
 * What who is inside reads when a page is refused: the frame stays, so that the way back is one click.
 * @module
 */

import type { Refusal } from '../../authentication/refusal.js'
import { Answer } from '../../pages/components/answer.js'
import { errorText } from '../../pages/error-texts.js'
import type { AdminVisit } from '../visit.js'
import { adminDocument } from './page.js'

/** The document. */
export async function refusalInside(visit: AdminVisit, refusal: Refusal): Promise<string> {
  const { title, text } = errorText(refusal.status, refusal.code)
  return adminDocument(visit, {
    title,
    breadcrumbs: [],
    isAnswer: true,
    content: (
      <Answer
        icon={refusal.status === 404 ? 'search' : refusal.status === 403 ? 'lock' : 'warning'}
        kind="notice"
        status={`Error ${refusal.status}`}
        title={title}
        actions={
          <a class="pc-button" href={`${visit.base}/`}>
            To the first page
          </a>
        }
      >
        <p class="pc-soft">{text}</p>
      </Answer>
    ),
  })
}
