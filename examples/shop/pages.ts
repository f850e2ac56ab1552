/**
 * The shop's own pages, one function each.
 * @module
 */

import { html } from 'hono/html'
import { ValidationError } from 'portcullis'
import { auth, type ShopUser } from './auth.js'
import { Product } from './models.js'
import { page, type PageContext } from './page.js'
import { PASSWORD } from './seed.js'

/** What is for sale, and what there is to try. */
export async function products(context: PageContext): Promise<string> {
  const list = await auth.objects(Product).all({ orderBy: 'name' })
  const mayAdd = await context.user.hasPerm('shop.add_product')
  return page(
    'Products',
    context,
    html`<ul class="products">
        ${list.map(
          ({ name, price, picture }) =>
            html`<li>
              ${picture === null ? html`<div class="no-picture"></div>` : html`<img src="/accounts/media/${picture}" alt="" width="480" height="320" />`}
              <h2>${name}</h2>
              <p>£ ${price}</p>
            </li>`,
        )}
      </ul>
      ${mayAdd ? html`<p><a class="button" href="/products/add/">Add a product</a></p>` : ''} ${whatToTry()}`,
  )
}

function whatToTry() {
  return html`<section class="try">
    <h2>What to try</h2>
    <ol>
      <li><a href="/accounts/register/">Sign up</a>: you are logged in at once, and may do nothing special yet.</li>
      <li>The <a href="/members/">members’ page</a> is for whoever is logged in.</li>
      <li><a href="/products/add/">Adding a product</a> takes the permission <code>shop.add_product</code>. Ada has it, by her group.</li>
      <li><a href="/something/">Doing something</a> takes <code>shop.can_do_something</code>. Grace has that one.</li>
      <li>
        Change your <a href="/accounts/profile/">profile</a> and its picture, your <a href="/accounts/password_change/">password</a>, and see your
        <a href="/accounts/sessions/">devices</a>.
      </li>
    </ol>
    <p>Log in as <b>ada</b> or <b>grace</b>; their password is “${PASSWORD}”.</p>
  </section>`
}

/** For whoever is logged in. */
export async function members(context: PageContext & { readonly user: ShopUser }): Promise<string> {
  const { user } = context
  const groups = await user.groups.all()
  const permissions = [...(await user.getAllPermissions())].toSorted()
  return page(
    `Hello, ${user.displayName}`,
    context,
    html`<p>${groups.length === 0 ? 'You are in no group.' : `You are in: ${groups.map((one) => one.name).join(', ')}.`}</p>
      ${
        permissions.length === 0
          ? html`<p>You may look around, like everybody.</p>`
          : html`<p>You may:</p>
              <ul>
                ${permissions.map((one) => html`<li><code>${one}</code></li>`)}
              </ul>`
      }`,
  )
}

/** What was typed, and what is wrong with it. */
export interface ProductDraft {
  readonly name: string
  readonly price: string
  readonly problems: readonly string[]
}

/** The form for a new product. */
export async function addProduct(context: PageContext, draft: ProductDraft = { name: '', price: '', problems: [] }): Promise<string> {
  return page(
    'Add a product',
    context,
    html`<form class="sheet" method="post" action="/products/add/">
      <input type="hidden" name="csrfmiddlewaretoken" value="${context.csrfToken()}" />
      ${
        draft.problems.length === 0
          ? ''
          : html`<ul class="errors" role="alert">
              ${draft.problems.map((one) => html`<li>${one}</li>`)}
            </ul>`
      }
      <label for="name">Name</label>
      <input id="name" name="name" value="${draft.name}" required maxlength="80" />
      <label for="price">Price in pounds</label>
      <input id="price" name="price" value="${draft.price}" required inputmode="decimal" />
      <button class="button">Add it</button>
    </form>`,
  )
}

/** Keeps a new product; null when all is well, or the draft with what is wrong. */
export async function keepProduct(fields: Readonly<Record<string, unknown>>): Promise<ProductDraft | null> {
  const text = (name: string): string => (typeof fields[name] === 'string' ? fields[name].trim() : '')
  const draft = { name: text('name'), price: text('price') }
  const manager = auth.objects(Product)
  try {
    await manager.fullClean(draft)
    await manager.create(draft)
    return null
  } catch (error) {
    if (error instanceof ValidationError)
      return { ...draft, problems: error.problems.map((one, index) => `${one.field ?? ''}: ${error.messages[index]}`) }
    throw error
  }
}

/** For whoever may do something. */
export async function something(context: PageContext): Promise<string> {
  return page('Something', context, html`<p>You did something. Not everybody may.</p>`)
}
