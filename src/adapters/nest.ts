/**
 * Nest, on Express or Fastify: decorators for controllers and their methods, and one call that opens every request to them.
 * @module
 */

import { createRequire } from 'node:module'
import type { ServerResponse } from 'node:http'
import type { GuardCheck, GuardMark, GuardOptions, PermissionGuardOptions } from '../authentication/guards.js'
import { guardMark } from '../authentication/guards.js'
import type { Refusal } from '../authentication/refusal.js'
import type { SiteRequest } from '../authentication/site-request.js'
import { ImproperlyConfigured, PermissionDenied, PortcullisError, ServiceUnavailable, TooManyRequests } from '../base/errors.js'
import { BodyProblem } from '../protection/body/request-data.js'
import type { PermissionIn, Portcullis, SiteTypes, VisitorIn } from '../site.js'
import { forExpress } from './express.js'
import { forFastify, sendReply, type FastifyReplyLike } from './fastify.js'
import { SettledMounts, type Mounts, type SiteMiddlewareOptions } from './mounts.js'
import { sendResponse } from './node-response.js'
import { siteGuards } from './site-guards.js'

/** A decorator for a controller or one of its methods. */
export type NestDecorator = ClassDecorator & MethodDecorator

/** An application of Nest, as far as it is used here. */
export interface NestApplicationLike {
  getHttpAdapter(): { getType(): string; getInstance(): unknown }
  use(middleware: unknown): unknown
  useGlobalGuards(...guards: NestGuard[]): unknown
  useGlobalFilters(...filters: NestFilter[]): unknown
}

/** What Nest knows of a call. */
export interface NestContext {
  getType(): string
  getArgs(): unknown[]
  getHandler(): object
  getClass(): object
}

/** A guard, as Nest has them. */
export interface NestGuard {
  canActivate(context: NestContext): Promise<boolean>
}

/** A filter, as Nest has them. */
export interface NestFilter {
  catch(exception: unknown, host: Pick<NestContext, 'getType' | 'getArgs'>): unknown
}

/** A site for Nest. */
export interface NestSite<S extends SiteTypes> {
  /**
   * Opens every request to an application: session, user, forged requests, headers; serves pages below their paths; answers what guards
   * and handlers throw to refuse. Call it before `app.listen()`.
   */
  site(app: NestApplicationLike, mounts?: Mounts, options?: SiteMiddlewareOptions): void
  /** Sends whoever is not logged in to the login page; a program gets 401. */
  LoginRequired(options?: GuardOptions): NestDecorator
  /** Lets in who has the permissions. */
  PermissionRequired(permissions: PermissionIn<S> | readonly PermissionIn<S>[], options?: PermissionGuardOptions): NestDecorator
  /** Lets in who passes a test of the application's. */
  UserPassesTest(test: (user: VisitorIn<S>) => boolean | Promise<boolean>, options?: GuardOptions): NestDecorator
  /** Opens a method to everybody, in a controller or on a site that asks everybody to log in; above a controller, on such a site. */
  LoginNotRequired(): NestDecorator
  /** Hands a handler the user: `@CurrentUser() user: ShopUser`. Who is not logged in is an `AnonymousUser`; put a guard before. */
  CurrentUser(): ParameterDecorator
}

/** The part of `@nestjs/common` that is used. */
interface NestCommon {
  Catch(...types: unknown[]): ClassDecorator
  SetMetadata(key: unknown, value: unknown): NestDecorator
  UseGuards(...guards: NestGuard[]): NestDecorator
  createParamDecorator(read: (data: unknown, context: NestContext) => unknown): () => ParameterDecorator
}

/** Marks what needs no login. */
const OPEN = 'portcullis:loginNotRequired'

/** A request that a guard did not let through. */
class RefusedRequest extends PortcullisError {
  readonly refusal: Refusal
  readonly status: number

  constructor(refusal: Refusal) {
    super(`The request was refused: ${refusal.code}.`)
    this.refusal = refusal
    this.status = refusal.status
  }
}

/**
 * Makes a site's decorators for Nest. Loads `@nestjs/common`, which the application has.
 *
 * @example
 * import { NestFactory } from '@nestjs/core'
 *
 * const { site, LoginRequired, CurrentUser } = forNest(auth)
 * class Application {}
 * const app = await NestFactory.create(Application)
 * site(app, { '/accounts': auth.pages() })
 * await app.listen(8000)
 */
export function forNest<S extends SiteTypes>(auth: Portcullis<S>): NestSite<S> {
  const { Catch, SetMetadata, UseGuards, createParamDecorator } = loadNest()
  const { requests } = auth.internals
  const requestOf = (raw: object): SiteRequest => auth.requestOf(raw) as unknown as SiteRequest

  const decorate = (check: GuardCheck, mark: GuardMark): NestDecorator => {
    const guard = (checkFor: CheckFor): NestGuard => Object.assign(new SiteGuard(requestOf, checkFor), { [guardMark]: mark })
    const always = UseGuards(guard(() => check))
    // Above a controller, a login is asked for by every method but those that say they need none.
    const unlessOpen = UseGuards(guard((_opened, context) => (mark.guard === 'loginRequired' && isMarkedOpen(context.getHandler()) ? null : check)))
    return ((target: object, ...method: [string, PropertyDescriptor] | []) =>
      (method.length === 0 ? unlessOpen : always)(target as never, ...(method as []))) as NestDecorator
  }

  class Refusals implements NestFilter {
    catch(exception: unknown, host: Pick<NestContext, 'getType' | 'getArgs'>): unknown {
      const refusal = exception instanceof RefusedRequest ? exception.refusal : requests.refusalFor(exception)
      const [raw, response] = host.getArgs()
      // Other transports have their own way to say no.
      if (refusal === null || host.getType() !== 'http') throw exception
      return requests.refuse(requestOf(raw as object), refusal).then((answer) => send(response, answer))
    }
  }
  Catch(RefusedRequest, PermissionDenied, BodyProblem, ServiceUnavailable, TooManyRequests)(Refusals)

  const { loginRequired, permissionRequired, userPassesTest } = siteGuards<S, NestDecorator>(requests, decorate)
  return {
    site(app, mounts, options = {}) {
      // What a route says of itself is known to Nest's guards only, so the site asks everybody to log in there and not before.
      const gate = new SettledMounts(requests, {}, options)
      const adapter = app.getHttpAdapter()
      if (adapter.getType() === 'fastify') (adapter.getInstance() as FastifyInstance).register(forFastify(auth).site(mounts))
      else app.use(forExpress(auth).site(mounts))
      app.useGlobalFilters(new Refusals())
      app.useGlobalGuards(
        new SiteGuard(requestOf, (opened, context) => ([context.getHandler(), context.getClass()].some(isMarkedOpen) ? null : gate.gateFor(opened))),
      )
    },
    LoginRequired: loginRequired,
    PermissionRequired: permissionRequired,
    UserPassesTest: userPassesTest,
    LoginNotRequired: () => SetMetadata(OPEN, true),
    CurrentUser: createParamDecorator((_data, context) => auth.getUser(rawRequest(context))),
  }
}

interface FastifyInstance {
  register(plugin: unknown): unknown
}

type CheckFor = (opened: SiteRequest, context: NestContext) => GuardCheck | null

/** Asks a check; what it refuses, the site's filter answers. */
class SiteGuard implements NestGuard {
  readonly #requestOf: (raw: object) => SiteRequest
  readonly #checkFor: CheckFor

  constructor(requestOf: (raw: object) => SiteRequest, checkFor: CheckFor) {
    this.#requestOf = requestOf
    this.#checkFor = checkFor
  }

  async canActivate(context: NestContext): Promise<boolean> {
    const opened = this.#requestOf(rawRequest(context))
    const refusal = await this.#checkFor(opened, context)?.(opened)
    if (refusal !== null && refusal !== undefined) throw new RefusedRequest(refusal)
    return true
  }
}

/** The request of a call over HTTP, or of one that GraphQL makes of it. */
function rawRequest(context: NestContext): object {
  const [first, , third] = context.getArgs()
  const raw = context.getType() === 'graphql' ? (third as { readonly req?: unknown } | undefined)?.req : context.getType() === 'http' ? first : null
  if (typeof raw === 'object' && raw !== null) return raw
  throw new ImproperlyConfigured(`The site guards requests over HTTP; this is a call over ${context.getType()}, which has none.`)
}

function isMarkedOpen(target: object): boolean {
  return (Reflect as unknown as { getMetadata(key: string, target: object): unknown }).getMetadata(OPEN, target) === true
}

/** A response of Express is Node's; a reply of Fastify has one inside. */
async function send(response: unknown, answer: Response): Promise<void> {
  const { raw } = response as { readonly raw?: unknown }
  if (raw === undefined) await sendResponse(response as ServerResponse, answer)
  else sendReply(response as FastifyReplyLike, answer)
}

function loadNest(): NestCommon {
  try {
    return createRequire(import.meta.url)('@nestjs/common') as NestCommon
  } catch (error) {
    const isMissing = (error as NodeJS.ErrnoException).code === 'MODULE_NOT_FOUND'
    const said = isMissing
      ? 'forNest() needs the package @nestjs/common, which is not installed. Run `npm install @nestjs/common`.'
      : `forNest() could not load @nestjs/common: ${String(error)}`
    throw new ImproperlyConfigured(said, { cause: error })
  }
}
