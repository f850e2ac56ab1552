/**
 * What surrounds every page of the admin: the head with who is there, the side bar with what they may see, the way back, news, the page itself.
 * @module
 */

import { raw } from 'hono/html'
import type { JSX } from 'hono/jsx/jsx-runtime'
import { Icon, Mark } from '../../pages/components/icons.js'
import { safeHref } from '../../pages/safe-href.js'
import type { VisibleApp } from '../admin-site.js'
import type { ModelAdmin } from '../model-admin.js'
import type { AdminVisit } from '../visit.js'
import { adminFiles } from './files.js'
import { takeNotices, type Notice } from './notices.js'
import { themeOf } from './theme.js'

/** A link on the way back to the first page; the last has none. */
export interface Crumb {
  readonly label: string
  readonly href?: string
}

/** Something that can be done from a page, beside its heading. */
export interface Tool {
  readonly label: string
  readonly href: string
  readonly primary?: boolean
}

/** A page. */
export interface AdminPage {
  readonly title: string
  readonly subtitle?: string
  readonly breadcrumbs: readonly Crumb[]
  readonly content: JSX.Element
  /** The model the page is about, marked in the side bar. */
  readonly current?: ModelAdmin
  readonly tools?: readonly Tool[]
  /** Pages beside this one: a change page and its history, permissions, sessions. */
  readonly tabs?: readonly { readonly label: string; readonly href: string; readonly isCurrent: boolean }[]
  readonly status?: number
  /** Without side bar and head: for who is not inside yet. */
  readonly bare?: boolean
}

/** Renders a page into a response. */
export async function adminPage(visit: AdminVisit, page: AdminPage): Promise<Response> {
  const apps = page.bare === true ? [] : await visit.admin.visibleTo(visit.request)
  const markup = String(await (<Document visit={visit} page={page} apps={apps} notices={takeNotices(visit)} />).toString())
  return visit.html(`<!doctype html>\n${markup}`, page.status === undefined ? {} : { status: page.status })
}

/** The heading of the admin. */
export function headerOf(visit: AdminVisit): string {
  return visit.admin.options.siteHeader ?? visit.parts.settings.siteName
}

interface DocumentProps {
  readonly visit: AdminVisit
  readonly page: AdminPage
  readonly apps: readonly VisibleApp[]
  readonly notices: readonly Notice[]
}

function Document({ visit, page, apps, notices }: DocumentProps): JSX.Element {
  const { options } = visit.admin
  const at = (name: string): string => `${visit.base}/static/${name}`
  const theme = themeOf(visit.request)
  return (
    <html lang={options.language ?? 'en'} {...(theme === 'auto' ? {} : { 'data-theme': theme })}>
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <title>{`${page.title} · ${options.siteTitle ?? headerOf(visit)}`}</title>
        <meta name="robots" content="noindex" />
        <link rel="icon" type="image/svg+xml" href={at(adminFiles.icon.name)} />
        <link rel="stylesheet" href={at(adminFiles.stylesheet.name)} />
        {(options.stylesheets ?? []).map((path) => (
          <link rel="stylesheet" href={safeHref(path) ?? ''} />
        ))}
        <script type="module" src={at(adminFiles.script.name)}></script>
      </head>
      <body class={page.bare === true ? 'pc-page pa-bare' : 'pc-page pa-page'}>
        <a class="pc-skip" href="#main">
          Skip to the page itself
        </a>
        {page.bare !== true && <Head visit={visit} theme={theme} />}
        {page.bare !== true && <Sidebar visit={visit} apps={apps} current={page.current} />}
        <main class="pa-main" id="main" tabindex={-1}>
          {page.breadcrumbs.length > 0 && <Breadcrumbs crumbs={page.breadcrumbs} />}
          {notices.length > 0 && <Notices notices={notices} />}
          <div class="pa-title">
            <div>
              <h1>{page.title}</h1>
              {page.subtitle !== undefined && <p class="pc-soft">{page.subtitle}</p>}
            </div>
            {page.tools !== undefined && page.tools.length > 0 && (
              <div class="pa-tools">
                {page.tools.map((tool) => (
                  <a class={tool.primary === true ? 'pc-button' : 'pc-button pc-button-quiet'} href={safeHref(tool.href)}>
                    {tool.label}
                  </a>
                ))}
              </div>
            )}
          </div>
          {page.tabs !== undefined && page.tabs.length > 1 && (
            <nav class="pa-tabs" aria-label="Pages of this object">
              {page.tabs.map((tab) => (
                <a href={safeHref(tab.href)} {...(tab.isCurrent ? { 'aria-current': 'page' } : {})}>
                  {tab.label}
                </a>
              ))}
            </nav>
          )}
          {page.content}
        </main>
      </body>
    </html>
  )
}

function Head({ visit, theme }: { readonly visit: AdminVisit; readonly theme: string }): JSX.Element {
  const { options } = visit.admin
  const siteUrl = options.siteUrl === undefined ? '/' : options.siteUrl
  const user = visit.staff as unknown as { getFullName?(): string; getUsername(): string }
  const name = user.getFullName?.() || user.getUsername()
  return (
    <header class="pa-head">
      <a class="pc-brand" href={`${visit.base}/`}>
        <Mark />
        <span>{headerOf(visit)}</span>
      </a>
      <nav class="pa-who" aria-label="Your account">
        <a class="pa-jump" href="#models">
          Models
        </a>
        <span class="pa-name">{name}</span>
        {siteUrl !== null && <a href={safeHref(siteUrl)}>View site</a>}
        {visit.staff.hasUsablePassword() && <a href={`${visit.base}/password_change/`}>Change password</a>}
        <form method="post" action={`${visit.base}/theme/`} class="pa-inline">
          <input type="hidden" name="csrfmiddlewaretoken" value={visit.request.csrfToken()} />
          <input type="hidden" name="next" value={visit.request.target} />
          <button type="submit" class="pa-link" name="theme" value={theme === 'dark' ? 'light' : theme === 'light' ? 'auto' : 'dark'}>
            {theme === 'dark' ? 'Light' : theme === 'light' ? 'Automatic' : 'Dark'}
          </button>
        </form>
        <form method="post" action={`${visit.base}/logout/`} class="pa-inline">
          <input type="hidden" name="csrfmiddlewaretoken" value={visit.request.csrfToken()} />
          <button type="submit" class="pc-button pc-button-quiet pc-button-small">
            Log out
          </button>
        </form>
      </nav>
    </header>
  )
}

function Sidebar({
  visit,
  apps,
  current,
}: {
  readonly visit: AdminVisit
  readonly apps: readonly VisibleApp[]
  readonly current: ModelAdmin | undefined
}): JSX.Element {
  return (
    <nav class="pa-side" id="models" aria-label="Models" tabindex={-1}>
      <details open>
        <summary>Models</summary>
        <div class="pa-side-filter" data-filter=".pa-side-model"></div>
        {apps.map((app) => (
          <section>
            <h2>
              <a href={`${visit.base}/${app.label}/`}>{app.name}</a>
            </h2>
            <ul>
              {app.models.map((one) => (
                <li class="pa-side-model">
                  <a href={one.url(visit.base)} {...(one === current ? { 'aria-current': 'page' } : {})}>
                    {one.titlePlural}
                  </a>
                </li>
              ))}
            </ul>
          </section>
        ))}
      </details>
    </nav>
  )
}

function Breadcrumbs({ crumbs }: { readonly crumbs: readonly Crumb[] }): JSX.Element {
  return (
    <nav class="pa-crumbs" aria-label="Where you are">
      <ol>
        {crumbs.map(({ label, href }) => (
          <li>{href === undefined ? <span aria-current="page">{label}</span> : <a href={safeHref(href)}>{label}</a>}</li>
        ))}
      </ol>
    </nav>
  )
}

function Notices({ notices }: { readonly notices: readonly Notice[] }): JSX.Element {
  return (
    <div class="pa-notices" role="status">
      {notices.map(({ level, text }) => (
        <p class={`pa-notice pa-notice-${level}`}>
          <Icon name={level === 'success' ? 'check' : 'warning'} size={18} />
          <span>{text}</span>
        </p>
      ))}
    </div>
  )
}

/** Markup that is a text already, such as what a form renders. */
export function rawMarkup(text: string): JSX.Element {
  return raw(text) as unknown as JSX.Element
}
