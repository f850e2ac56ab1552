/**
 * Variables of a Hono context that are made when somebody asks: only then does an answer depend on who is asking (K1).
 * @module
 */

import type { Context } from 'hono'

/** A variable that was not asked for yet. */
class Lazy {
  readonly read: () => unknown

  constructor(read: () => unknown) {
    this.read = read
  }
}

/** Sets variables that `c.get()` and `c.var` read each time. What the application sets itself stays as it is. */
export function setLazyVariables(c: Context, variables: Readonly<Record<string, () => unknown>>): void {
  for (const [name, read] of Object.entries(variables)) c.set(name, new Lazy(read))
  const { get } = c
  const all = (): Record<string, unknown> => Reflect.get(Object.getPrototypeOf(c) as object, 'var', c) as Record<string, unknown>
  Object.defineProperties(c, {
    get: { value: (name: string) => valueOf(get(name)), configurable: true, writable: true },
    var: {
      get: () => Object.defineProperties({}, Object.fromEntries(Object.entries(all()).map(([name, value]) => [name, readerOf(value)]))),
      configurable: true,
    },
  })
}

function readerOf(value: unknown): PropertyDescriptor {
  return { get: () => valueOf(value), enumerable: true, configurable: true }
}

function valueOf(value: unknown): unknown {
  return value instanceof Lazy ? value.read() : value
}
