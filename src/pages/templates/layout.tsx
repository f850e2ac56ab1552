/**
 * What surrounds every page: the document, the site's name, the way around, news, the foot.
 * @module
 */

import type { JSX } from 'hono/jsx/jsx-runtime'
import { safeHref } from '../../base/html.js'
import { CsrfField } from '../components/csrf-field.js'
import { Face } from '../components/face.js'
import { Gate, Icon, Mark } from '../components/icons.js'
import type { LayoutProps, NoticeView, PageProps, SiteView } from '../props.js'

/** The default layout. */
export function Layout(props: LayoutProps): JSX.Element {
  const { site, title, shape, visitor, notices, stylesheets, scripts, icon, theme, children } = props
  return (
    <html lang={site.language} {...(theme === null ? {} : { 'data-theme': theme })}>
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <title>{`${title} · ${site.name}`}</title>
        <meta name="robots" content="noindex" />
        <link rel="icon" type="image/svg+xml" href={safeHref(icon) ?? ''} />
        {stylesheets.map((path) => (
          <link rel="stylesheet" href={safeHref(path) ?? ''} />
        ))}
        {scripts.map((path) => (
          <script type="module" src={safeHref(path) ?? ''}></script>
        ))}
      </head>
      <body class={`pc-page pc-${shape}`}>
        <a class="pc-skip" href="#main">
          Skip to the page itself
        </a>
        {visitor === null ? <Door site={site} isOpen={shape === 'narrow'} /> : <Head {...props} />}
        <main class="pc-main" id="main" tabindex={-1}>
          {notices.length > 0 && <Notices notices={notices} />}
          {children}
        </main>
        <footer class="pc-foot">
          <a href={safeHref(site.url)}>Back to {site.name}</a>
        </footer>
      </body>
    </html>
  )
}

/** The name of the site, which leads to its first page. */
function Brand({ site }: { readonly site: SiteView }): JSX.Element {
  const logo = safeHref(site.logo)
  return (
    <a class="pc-brand" href={safeHref(site.url)}>
      {logo === undefined ? <Mark /> : <img src={logo} alt="" />}
      <span>{site.name}</span>
    </a>
  )
}

/** For a visitor without a login: only the name, below the gate. */
function Door({ site, isOpen }: { readonly site: SiteView; readonly isOpen: boolean }): JSX.Element {
  return (
    <header class="pc-door">
      {isOpen && <Gate />}
      <Brand site={site} />
    </header>
  )
}

const WAYS = [
  ['profile', 'Profile', ['profile', 'personalData']],
  ['sessions', 'Devices', ['sessions']],
  ['passwordChange', 'Password', ['passwordChange', 'passwordChangeDone']],
] as const

/** For who is logged in: the way around, and the way out, which is a form because a link may be followed by anything (W-5). */
function Head({ site, urls, visitor, csrfToken, page }: PageProps & { readonly page: string }): JSX.Element {
  if (visitor === null) return <></>
  return (
    <header class="pc-head">
      <div class="pc-head-row">
        <Brand site={site} />
        <nav class="pc-way" aria-label="Your account">
          {WAYS.map(([url, text, pages]) => (
            <a href={safeHref(urls[url])} {...(pages.some((one) => one === page) ? { 'aria-current': 'page' } : {})}>
              {text}
            </a>
          ))}
        </nav>
        <div class="pc-visitor">
          <span class="pc-visitor-name">
            <Face visitor={visitor} />
            <span>{visitor.name}</span>
          </span>
          <form method="post" action={safeHref(urls.logout) ?? ''}>
            <CsrfField token={csrfToken} />
            <button type="submit" class="pc-button pc-button-quiet pc-button-small">
              Log out
            </button>
          </form>
        </div>
      </div>
    </header>
  )
}

const SIGNS = { success: 'check', error: 'warning', notice: 'warning' } as const

function Notices({ notices }: { readonly notices: readonly NoticeView[] }): JSX.Element {
  return (
    <div class="pc-notices" role="status">
      {notices.map(({ kind, text }) => (
        <p class={`pc-notice pc-notice-${kind}`}>
          <Icon name={SIGNS[kind]} />
          <span>{text}</span>
        </p>
      ))}
    </div>
  )
}
