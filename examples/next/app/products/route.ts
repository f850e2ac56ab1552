/**
 * A route handler that needs a permission.
 * @module
 */

import { auth, handle, Product } from '../../auth'

export const POST = handle(
  auth.permissionRequired('shop.add_product')(async (request) => {
    const { fields } = await request.readBody()
    const { id, name } = await auth.objects(Product).create({ name: String(fields.get('name')?.[0]) })
    return Response.json({ id, name }, { status: 201 })
  }),
)
