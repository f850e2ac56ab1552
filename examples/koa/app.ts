/**
 * A page for everybody, one for users, and something that needs a permission, in Koa; with the router of your choice in place of `routes`.
 * @module
 */

import Koa from 'koa'
import { forKoa, type RequestFields } from 'portcullis/koa'
import { auth, Product } from './auth.js'

/** `ctx.state.user`, `ctx.state.session` and `ctx.state.csrfToken()`, typed for the whole application. */
type State = RequestFields<typeof auth>
type Context = Koa.ParameterizedContext<State>

const { site, loginRequired, permissionRequired, userOf } = forKoa(auth)

export const app = new Koa<State>()

// Sessions, protection against forged requests, headers, `ctx.state.user`; and the account pages.
app.use(site({ '/accounts': auth.pages() }))

const routes: Record<string, readonly ((ctx: Context, next: Koa.Next) => unknown)[]> = {
  'GET /': [(ctx) => (ctx.body = `Hello ${ctx.state.user.username || 'stranger'}`)],
  'GET /members': [loginRequired(), (ctx) => (ctx.body = `Welcome back, ${userOf(ctx).getFullName() || userOf(ctx).username}`)],
  'POST /products': [permissionRequired('shop.add_product'), addProduct],
}

app.use(async (ctx, next) => {
  const steps = routes[`${ctx.method} ${ctx.path}`] ?? []
  const step = async (index: number): Promise<unknown> => (steps[index] === undefined ? next() : steps[index](ctx, () => step(index + 1)))
  await step(0)
})

async function addProduct(ctx: Context): Promise<void> {
  const { fields } = await auth.requestOf(ctx).readBody()
  const { id, name } = await auth.objects(Product).create({ name: String(fields.get('name')?.[0]) })
  ctx.status = 201
  ctx.body = { id, name }
}
