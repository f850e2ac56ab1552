/**
 * A trial of the installed package: whatever two doors open to is one thing, so that an error or a model of one is known to the other; and
 * every class has the name it is exported by.
 * @module
 */

import { equal } from 'node:assert/strict'

const known = new Map<string, unknown>()
for (const door of process.argv.slice(2)) {
  for (const [name, value] of Object.entries((await import(door)) as Record<string, unknown>)) {
    if (typeof value !== 'function') continue
    if (known.has(name)) equal(value, known.get(name), `${door} has a ${name} of its own`)
    known.set(name, value)
    if (/^class\b/.test(Function.prototype.toString.call(value))) equal(value.name, name, `${name} of ${door} calls itself ${value.name}`)
  }
}
