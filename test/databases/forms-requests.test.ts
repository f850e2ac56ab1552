import { describe, expect, test } from 'vitest'
import { portcullis, type FormRequest } from '../../src/index.js'
import { png } from '../support/pictures.js'
import { Customer, eachSite, Profile, quick } from '../support/shop.js'
import { Visitor } from '../support/visitor.js'

const PASSWORD = 'notes on the engine'

eachSite(
  (database) =>
    portcullis({
      ...quick,
      database,
      user: Customer,
      profile: Profile,
      media: { storage: { save: async (name) => name, open: async () => null, delete: async () => true } },
    }),
  (open) => {
    describe('bind', () => {
      test('reads a request of the site: urlencoded, multipart and JSON', async () => {
        const auth = await open()
        const SignupForm = auth.forms.userCreation({ fields: ['username', 'email', 'firstName'] })
        const send = (request: Request) =>
          auth.handle(request, async (visitor) => {
            visitor satisfies FormRequest
            if (visitor.method === 'GET') return new Response(SignupForm.blank(visitor).toHtml())
            const form = await SignupForm.bind(visitor)
            if (!form.isValid) return Response.json(form, { status: 422 })
            return new Response((await form.save()).username)
          })
        const visitor = new Visitor(send)
        await visitor.get('/')
        const fields = { first_name: 'Ada', email: 'ada@example.com', password1: PASSWORD, password2: PASSWORD }
        expect(await (await visitor.post('/signup/', { ...fields, username: 'urlencoded' })).text()).toBe('urlencoded')
        expect(await (await visitor.postJson('/signup/', { ...fields, username: 'json' })).text()).toBe('json')
        const parts = new FormData()
        for (const [name, value] of Object.entries({ ...fields, username: 'multipart', csrfmiddlewaretoken: visitor.csrfSecret ?? '' }))
          parts.set(name, value)
        expect(await (await visitor.request('/signup/', { method: 'POST', body: parts, headers: { origin: 'http://localhost' } })).text()).toBe(
          'multipart',
        )
        const refused = await visitor.postJson('/signup/', { ...fields, username: { $ne: '' }, is_staff: true })
        expect([refused.status, Object.keys(((await refused.json()) as { errors: object }).errors)]).toEqual([422, ['username', 'is_staff']])
        await auth.users.delete({})
      })

      test('takes the visitor for whose form it is, and a picture with the rest', async () => {
        const auth = await open()
        const ada = await auth.users.createUser({ username: 'ada', password: PASSWORD, email: 'ada@example.com', phone: '1' })
        const send = (request: Request) =>
          auth.handle(request, async (visitor) => {
            if (visitor.path === '/login/')
              await auth.login(
                visitor,
                (await auth.forms
                  .authentication()
                  .bind(visitor)
                  .then((form) => (form.isValid ? form.getUser() : null))) as typeof ada,
              )
            if (visitor.path !== '/profile/' || visitor.method !== 'POST') return new Response(visitor.csrfToken())
            const form = await auth.forms.profile().bind(visitor)
            if (!form.isValid) return Response.json(form, { status: 422 })
            await form.save()
            return Response.json(form.changedData)
          })
        const visitor = new Visitor(send)
        await visitor.get('/')
        await visitor.post('/login/', { username: 'ada', password: PASSWORD })
        const parts = new FormData()
        const token = await (await visitor.get('/')).text()
        for (const [name, value] of Object.entries({ email: 'ada@example.com', phone: '1', bio: 'x', csrfmiddlewaretoken: token }))
          parts.set(name, value)
        parts.set('picture', new File([new Uint8Array(png(8, 8))], 'face.png', { type: 'image/png' }))
        const answer = await visitor.request('/profile/', { method: 'POST', body: parts, headers: { origin: 'http://localhost' } })
        expect([answer.status, await answer.json()]).toEqual([200, ['bio', 'picture']])
        expect((await auth.profiles.get(ada)).picture).toMatch(/^faces\//)
        await auth.users.delete({})
      })
    })
  },
)
