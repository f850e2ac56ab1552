/**
 * A page for everybody, one for users, and something that needs a permission, in Nest.
 * @module
 */

import { Body, Controller, Get, Module, Post } from '@nestjs/common'
import { forNest } from 'portcullis/nest'
import { auth, Product } from './auth.js'

export const { site, LoginRequired, PermissionRequired, CurrentUser } = forNest(auth)

type Visitor = typeof auth.$types.Visitor
type User = typeof auth.$types.User

@Controller()
class Pages {
  @Get()
  home(@CurrentUser() user: Visitor): string {
    return `Hello ${user.username || 'stranger'}`
  }

  @Get('members')
  @LoginRequired()
  members(@CurrentUser() user: User): string {
    return `Welcome back, ${user.getFullName() || user.username}`
  }

  @Post('products')
  @PermissionRequired('shop.add_product')
  async add(@Body() body: { name: string }): Promise<object> {
    const { id, name } = await auth.objects(Product).create({ name: body.name })
    return { id, name }
  }
}

@Module({ controllers: [Pages] })
export class Application {}
