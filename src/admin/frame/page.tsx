/**
 * What surrounds every page of the admin: the head with who is there, the side bar with what they may see, the way back, news, the page itself.
 * @module
 */

import type { JSX } from 'hono/jsx/jsx-runtime'
import { safeHref } from '../../base/html.js'
import { CsrfField } from '../../pages/components/csrf-field.js'
import { Gate, Icon, Mark, type IconName } from '../../pages/components/icons.js'
import type { ModelAdmin } from '../model-admin.js'
import type { AdminVisit } from '../visit.js'
import { adminFiles } from './files.js'
import { takeNotices, type Notice } from './notices.js'
import { linkedApps, type LinkedApp } from './model-links.js'
import { Sidebar } from './side-bar.js'
import { themeOf, type Theme } from './theme.js'

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
  /** The content brings the heading. */
  readonly isAnswer?: boolean
}

/** Renders a page into a response. */
export async function adminPage(visit: AdminVisit, page: AdminPage): Promise<Response> {
  return visit.html(await adminDocument(visit, page), page.status === undefined ? {} : { status: page.status })
}

/** The document of a page. */
export async function adminDocument(visit: AdminVisit, page: AdminPage): Promise<string> {
  const apps = page.bare === true ? [] : await linkedApps(visit)
  // Behind its type it is a promise where a component waits for something.
  const markup: unknown = (<Document visit={visit} page={page} apps={apps} notices={takeNotices(visit)} />).toString()
  return `<!doctype html>\n${String(await markup)}`
}

/** The heading of the admin. */
export function headerOf(visit: AdminVisit): string {
  return visit.admin.options.siteHeader ?? visit.parts.settings.siteName
}

interface DocumentProps {
  readonly visit: AdminVisit
  readonly page: AdminPage
  readonly apps: readonly LinkedApp[]
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
      <body class={page.bare === true ? 'pc-page pc-narrow pa-bare' : 'pc-page pa-page'}>
        <a class="pc-skip" href="#main">
          Skip to the page itself
        </a>
        {page.bare === true ? <Door visit={visit} /> : <Head visit={visit} theme={theme} />}
        {page.bare !== true && <Sidebar visit={visit} apps={apps} current={page.current} />}
        <main class="pa-main" id="main" tabindex={-1}>
          {page.breadcrumbs.length > 0 && <Breadcrumbs crumbs={page.breadcrumbs} />}
          {notices.length > 0 && <Notices notices={notices} />}
          {page.isAnswer !== true && <Title page={page} />}
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

/** For who is not inside: only the name, below the gate. */
function Door({ visit }: { readonly visit: AdminVisit }): JSX.Element {
  return (
    <header class="pc-door">
      <Gate />
      <a class="pc-brand" href={`${visit.base}/`}>
        <Mark />
        <span>{headerOf(visit)}</span>
      </a>
    </header>
  )
}

/** Which look comes after which, and how the button says so. */
const NEXT_THEME: Readonly<Record<Theme, { readonly theme: Theme; readonly icon: IconName; readonly label: string }>> = {
  auto: { theme: 'dark', icon: 'day', label: 'Colours as the system has them. Switch to dark' },
  dark: { theme: 'light', icon: 'moon', label: 'Dark colours. Switch to light' },
  light: { theme: 'auto', icon: 'sun', label: 'Light colours. Switch to those of the system' },
}

function Head({ visit, theme }: { readonly visit: AdminVisit; readonly theme: Theme }): JSX.Element {
  const { options } = visit.admin
  const siteUrl = options.siteUrl === undefined ? '/' : options.siteUrl
  const user = visit.staff as unknown as { getFullName?(): string; getUsername(): string }
  const name = user.getFullName?.() || user.getUsername()
  const next = NEXT_THEME[theme]
  return (
    <header class="pa-head">
      <a class="pc-brand" href={`${visit.base}/`}>
        <Mark />
        <span>{headerOf(visit)}</span>
      </a>
      <nav class="pa-who" aria-label="Your account">
        <span class="pa-name">{name}</span>
        {siteUrl !== null && <a href={safeHref(siteUrl)}>View site</a>}
        {visit.staff.hasUsablePassword() && <a href={`${visit.base}/password_change/`}>Change password</a>}
      </nav>
      <div class="pa-switches">
        <a class="pa-round pa-jump" href="#models">
          <Icon name="menu" />
          <span class="pc-visually-hidden">To the list of models</span>
        </a>
        <form method="post" action={`${visit.base}/theme/`}>
          <CsrfField token={visit.request.csrfToken()} />
          <input type="hidden" name="next" value={visit.request.target} />
          <button type="submit" class="pa-round" name="theme" value={next.theme} title={next.label}>
            <Icon name={next.icon} />
            <span class="pc-visually-hidden">{next.label}</span>
          </button>
        </form>
        <form method="post" action={`${visit.base}/logout/`}>
          <CsrfField token={visit.request.csrfToken()} />
          <button type="submit" class="pc-button pc-button-quiet pa-compact">
            Log out
          </button>
        </form>
      </div>
    </header>
  )
}

function Title({ page: { title, subtitle, tools = [] } }: { readonly page: AdminPage }): JSX.Element {
  return (
    <div class="pa-title">
      <div>
        <h1>{title}</h1>
        {subtitle !== undefined && <p class="pc-soft">{subtitle}</p>}
      </div>
      {tools.length > 0 && (
        <div class="pa-tools">
          {tools.map((tool) => (
            <a class={tool.primary === true ? 'pc-button pa-compact' : 'pc-button pc-button-quiet pa-compact'} href={safeHref(tool.href)}>
              {tool.label}
            </a>
          ))}
        </div>
      )}
    </div>
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
