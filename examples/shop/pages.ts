/**
 * The shop's own pages, one function each.
 * @module
 */

import { html } from 'hono/html'
import { auth, type ShopUser } from './auth.js'
import { Product } from './models.js'
import { page, type Markup, type PageContext } from './page.js'
import type { ProductDraft } from './products.js'
import { PASSWORD } from './seed.js'

/** What is for sale, and what there is to try. */
export async function home(context: PageContext): Promise<string> {
  const products = await auth.objects(Product).all({ orderBy: 'name' })
  return page(
    'Products',
    context,
    html`<h1>Products</h1>
      <ul class="products">
        ${products.map(
          ({ name, price, picture }) =>
            html`<li>
              ${picture === null ? html`<div class="no-picture" aria-hidden="true">${[...name][0]}</div>` : html`<img src="/accounts/media/${picture}" alt="" width="480" height="320" />`}
              <h2>${name}</h2>
              <p>£ ${price}</p>
            </li>`,
        )}
      </ul>
      ${whatToTry(context)}`,
  )
}

async function whatToTry({ user }: PageContext): Promise<Markup> {
  const known = user.isAuthenticated
  const mayAdd = await user.hasPerm('shop.add_product')
  const mayDoSomething = await user.hasPerm('shop.can_do_something')
  const login = 'a login'
  return html`<section class="card" aria-labelledby="try">
    <h2 id="try">What to try</h2>
    <p class="soft">
      ${known ? html`You are <b>${user.displayName}</b>. To be somebody else too, open a private window.` : html`Sign up, or be <b>ada</b> or <b>grace</b>: their password is “${PASSWORD}”.`}
    </p>
    <ol class="steps">
      ${step('/accounts/register/', 'Sign up', 'You are logged in at once, and may do nothing special yet.', true)}
      ${step('/members/', 'See the members’ page', 'It is for whoever is logged in, and says what you may, and why.', known, login)}
      ${step('/products/add/', 'Add a product', 'Shopkeepers may: their group has the permission. Ada is one.', mayAdd, html`<code>shop.add_product</code>`)}
      ${step('/something/', 'Do something', 'Helpers may, like Grace. Anybody else is told that they may not.', mayDoSomething, html`<code>shop.can_do_something</code>`)}
      ${step('/admin/', 'Look after the shop', 'Whoever is staff enters the admin, and sees what their permissions let them see: Ada products, the superuser everything.', known && user.isStaff, 'staff')}
      ${step('/accounts/profile/', 'Tell of yourself', 'Your name, a few words, and a picture, which is shown above from then on.', known, login)}
      ${step('/accounts/password_change/', 'Change your password', 'Every other device is logged out by that.', known, login)}
      ${step('/accounts/sessions/', 'See your devices', 'Log in with a second browser, and log it out from here.', known, login)}
      ${step('/accounts/password_reset/', 'Forget your password', 'The mail with the link is printed where you started the shop.', true)}
    </ol>
  </section>`
}

function step(href: string, title: string, text: string, isOpen: boolean, needs: Markup | string = ''): Markup {
  return html`<li>
    <div><a href="${href}">${title}</a><br /><span class="soft">${text}</span></div>
    ${isOpen ? html`<span class="badge open">open to you</span>` : html`<span class="badge">needs ${needs}</span>`}
  </li>`
}

/** For whoever is logged in: their groups, and what they may. */
export async function members(context: PageContext, user: ShopUser): Promise<string> {
  const groups = await user.groups.all()
  const permissions = [...(await user.getAllPermissions())].toSorted()
  const reasons = await Promise.all((['shop.add_product', 'shop.can_do_something'] as const).map((one) => auth.explain(user, one)))
  return page(
    'Members',
    context,
    html`<h1>Hello, ${user.displayName}</h1>
      <section class="card" aria-labelledby="groups">
        <h2 id="groups">Your groups</h2>
        <p>${groups.length === 0 ? 'You are in none.' : groups.map(({ name }) => html`<span class="badge">${name}</span> `)}</p>
      </section>
      <section class="card" aria-labelledby="may">
        <h2 id="may">What you may, and why</h2>
        <ul class="reasons">
          ${reasons.map(({ granted, conclusion }) => html`<li class="${granted ? 'yes' : 'no'}">${conclusion}</li>`)}
        </ul>
        ${permissions.length === 0 ? '' : allOf(permissions)}
      </section>`,
  )
}

function allOf(permissions: readonly string[]): Markup {
  return html`<details>
    <summary>${permissions.length === 1 ? 'The one permission' : `All ${permissions.length} permissions`} you have</summary>
    <p class="soft">${permissions.map((one) => html`<code>${one}</code> `)}</p>
  </details>`
}

const NOTHING_YET: ProductDraft = { name: '', price: '', problems: {} }

/** The form for a new product, with what was typed before and what was wrong with it. */
export async function addProduct(context: PageContext, { name, price, problems }: ProductDraft = NOTHING_YET): Promise<string> {
  return page(
    'Add a product',
    context,
    html`<h1>Add a product</h1>
      <form class="card narrow" method="post" action="/products/add/">
        <input type="hidden" name="csrfmiddlewaretoken" value="${context.csrfToken()}" />
        ${field('name', 'Name', name, problems['name'])} ${field('price', 'Price in pounds', price, problems['price'])}
        <button>Add it</button>
      </form>`,
  )
}

/** The browser checks nothing here, so that one sees what the server says. */
function field(name: string, label: string, value: string, problem: string | undefined): Markup {
  if (problem === undefined) return html`<label for="${name}">${label}</label><input id="${name}" name="${name}" value="${value}" />`
  return html`<label for="${name}">${label}</label>
    <input id="${name}" name="${name}" value="${value}" aria-invalid="true" aria-describedby="${name}-problem" autofocus />
    <p class="problem" id="${name}-problem">${problem}</p>`
}

/** For whoever may do something. */
export async function something(context: PageContext): Promise<string> {
  return sentence('You did something', 'Not everybody may.', context)
}

/** A page of one sentence. */
export async function sentence(title: string, text: string, context: PageContext): Promise<string> {
  return page(
    title,
    context,
    html`<section class="card narrow sentence">
      <h1>${title}</h1>
      <p class="soft">${text}</p>
      <p><a class="button" href="/">To the products</a></p>
    </section>`,
  )
}
