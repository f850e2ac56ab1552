/**
 * What surrounds the shop's own pages. `hono/html` escapes whatever is put into a template.
 * @module
 */

import { html, raw } from 'hono/html'
import type { ShopVisitor } from './auth.js'

/** Markup that is ready to be sent. */
export type Markup = ReturnType<typeof html>

/** What every page of the shop knows. */
export interface PageContext {
  readonly user: ShopVisitor
  /** Makes the token for the hidden field of a form. A page without a form asks for none, and sets no cookie. */
  readonly csrfToken: () => string
}

/** Makes a whole page. */
export async function page(title: string, { user, csrfToken }: PageContext, content: Markup): Promise<string> {
  const visitor = user.isAuthenticated
    ? html`<a href="/accounts/profile/">${user.displayName}</a> <a href="/accounts/sessions/">Devices</a>
        <form method="post" action="/accounts/logout/">
          <input type="hidden" name="csrfmiddlewaretoken" value="${csrfToken()}" />
          <button class="link">Log out</button>
        </form>`
    : html`<a href="/accounts/login/">Log in</a> <a class="button small" href="/accounts/register/">Sign up</a>`
  return String(
    await html`${raw('<!doctype html>')}
      <html lang="en">
        <head>
          <meta charset="utf-8" />
          <meta name="viewport" content="width=device-width, initial-scale=1" />
          <title>${title} · The Engine Shop</title>
          <link rel="stylesheet" href="/shop.css" />
        </head>
        <body>
          <a class="skip" href="#content">Skip to the content</a>
          <header>
            <a class="name" href="/">The Engine Shop</a>
            <nav aria-label="Site">
              <a href="/">Products</a> <a href="/members/">Members</a> <a href="/products/add/">Add a product</a>
              <a href="/something/">Do something</a>
            </nav>
            <nav aria-label="Your account">${visitor}</nav>
          </header>
          <main id="content" tabindex="-1">
            <h1>${title}</h1>
            ${content}
          </main>
          <footer>A demonstration of portcullis. Nothing here is for sale.</footer>
        </body>
      </html>`,
  )
}
