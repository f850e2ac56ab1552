/**
 * Pages for requests that are not let through, anywhere on the site.
 * @module
 */

import { BaseUser } from '../accounts/base-user.js'
import type { Refusal, RefusalPage } from '../authentication/refusal.js'
import type { SiteRequest } from '../authentication/site-request.js'
import { accountUrls } from './account-urls.js'
import { errorText } from './error-texts.js'
import { lookOf, siteView } from './look-of.js'
import type { SettledPages } from './options.js'
import type { PagesSite } from './pages-site.js'
import { visitorView } from './people.js'
import type { ErrorProps } from './props.js'
import { defaultLayout, defaultTemplates, renderPage } from './templates.js'

/** Makes the pages of refusals, in the look of the account pages at `base`. */
export function refusalPages(site: PagesSite, pages: SettledPages, base: string): RefusalPage {
  return async (refusal, request) => {
    const look = lookOf(pages, base)
    try {
      return await renderPage(look, 'error', await propsFor(site, pages, base, refusal, request))
    } catch (error) {
      // Ours say what happened where the site's own cannot, or where the database is what is broken.
      site.requests.core.reportError(error)
      const plain = { ...look, templates: defaultTemplates, layout: defaultLayout }
      return renderPage(plain, 'error', await propsFor(site, pages, base, refusal, null))
    }
  }
}

async function propsFor(
  site: PagesSite,
  pages: SettledPages,
  base: string,
  { status, code, headers }: Refusal,
  request: SiteRequest | null,
): Promise<ErrorProps> {
  const user = request?.user instanceof BaseUser ? request.user : null
  return {
    site: siteView(pages),
    urls: accountUrls(pages, base),
    visitor: user === null ? null : await visitorView(site, user, `${base}/media/`),
    csrfToken: user === null ? '' : (request?.csrfToken() ?? ''),
    action: '',
    status,
    code,
    ...errorText(status, code),
    retryAfter: secondsOf(headers?.['retry-after']),
  }
}

function secondsOf(text: string | undefined): number | null {
  return text !== undefined && /^\d{1,9}$/.test(text) ? Number(text) : null
}
