/**
 * What surrounds the shop's own pages. `hono/html` escapes whatever is put into a template.
 * @module
 */

import { html, raw } from 'hono/html'
import { auth, type ShopUser, type ShopVisitor } from './auth.js'

/** Markup that is ready to be sent. */
export type Markup = ReturnType<typeof html>

/** What a page knows of its request. A request of Express is one, once the site has opened it. */
export interface PageContext {
  readonly user: ShopVisitor
  readonly path: string
  /** Makes the token for the hidden field of a form. A page without a form asks for none, and sets no cookie. */
  csrfToken(): string
}

const WAYS = [
  ['/members/', 'Members'],
  ['/products/add/', 'Add a product'],
  ['/something/', 'Do something'],
] as const

/** Makes a whole page. */
export async function page(title: string, context: PageContext, content: Markup): Promise<string> {
  const { user, path } = context
  return String(
    await html`${raw('<!doctype html>')}
      <html lang="en">
        <head>
          <meta charset="utf-8" />
          <meta name="viewport" content="width=device-width, initial-scale=1" />
          <title>${title} · The Engine Shop</title>
          <link rel="icon" href="/static/mark.svg" />
          <link rel="stylesheet" href="/static/shop.css" />
        </head>
        <body>
          <a class="skip" href="#content">Skip to the page itself</a>
          <header>
            <div class="row">
              <a class="brand" href="/">${mark()} The Engine Shop</a>
              <nav aria-label="Shop">
                ${WAYS.map(([href, text]) => html`<a href="${href}" ${href === path ? raw('aria-current="page"') : ''}>${text}</a>`)}
                ${user.isAuthenticated && user.isStaff ? html`<a href="/admin/">Admin</a>` : ''}
              </nav>
              ${user.isAuthenticated ? visitor(context, user) : stranger(path)}
            </div>
          </header>
          <main id="content" tabindex="-1">${content}</main>
          <footer>A demonstration of portcullis. Nothing here is for sale.</footer>
        </body>
      </html>`,
  )
}

/** For who is logged in: the way to their account, and the way out, which is a form because a link may be followed by anything. */
async function visitor({ csrfToken }: PageContext, user: ShopUser): Promise<Markup> {
  const { profilePicture } = await auth.profiles.get(user)
  return html`<div class="visitor">
    <a class="person" href="/accounts/profile/">
      ${profilePicture === null ? html`<span class="face" aria-hidden="true">${[...user.displayName][0]}</span>` : html`<img class="face" src="/accounts/media/${profilePicture}" alt="" />`}
      <span>${user.displayName}</span>
    </a>
    <form method="post" action="/accounts/logout/">
      <input type="hidden" name="csrfmiddlewaretoken" value="${csrfToken()}" />
      <button class="quiet">Log out</button>
    </form>
  </div>`
}

/** For anybody else: both ways in, and back to this page afterwards. */
function stranger(path: string): Markup {
  const next = encodeURIComponent(path)
  return html`<div class="visitor">
    <a class="button quiet" href="/accounts/login/?next=${next}">Log in</a>
    <a class="button" href="/accounts/register/?next=${next}">Sign up</a>
  </div>`
}

function mark(): Markup {
  return html`<svg width="28" height="28" viewBox="0 0 28 28" aria-hidden="true">
    <path d="M3 25V13a11 11 0 0 1 22 0v12" fill="none" stroke="currentColor" stroke-width="2.5" stroke-linecap="round" />
    <path d="M9.5 6.5v11M14 4v15.5M18.5 6.5v11M6 11.5h16" fill="none" stroke="currentColor" stroke-width="2" stroke-linecap="round" />
  </svg>`
}
