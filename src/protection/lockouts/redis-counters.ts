/**
 * Tries counted in a Redis: each step is a script, which Redis runs without anything between.
 * @module
 */

import type { CounterName, CounterRule, Counters, StoredCounter, Taken } from './counter-rule.js'

/** Sends one command. */
export type SendCommand = (...words: [string, ...string[]]) => Promise<unknown>

/** The braces put all keys on one node of a cluster, because a script may only touch those. */
const PREFIX = '{portcullis}:tries:'

/** `countTry`, and the indexes by which a counter is found again. KEYS: the counter, who waits, then the indexes. */
const TAKE = `
local now, limit, memory = tonumber(ARGV[1]), tonumber(ARGV[2]), tonumber(ARGV[3])
local found = redis.call('HMGET', KEYS[1], 'tries', 'free', 'forget')
local tries, free, forget = tonumber(found[1] or 0), tonumber(found[2] or 0), tonumber(found[3] or 0)
if free > now then return {0, tostring(free)} end
local fresh = forget <= now or tries == 0
local number = 1
if not fresh then number = tries + 1 end
if tonumber(ARGV[8]) == 0 then
  if fresh then forget = now + memory end
  free = 0
  if number >= limit then free = forget end
else
  local wait = 0
  if number % limit == 0 then wait = tonumber(ARGV[math.min(8 + number / limit, #ARGV)]) end
  free = 0
  if wait > 0 then free = now + wait end
  forget = now + memory + wait
end
redis.call('HSET', KEYS[1], 'tries', number, 'free', string.format('%.0f', free), 'forget', string.format('%.0f', forget), 'seen', ARGV[1],
  'counter', ARGV[4], 'kind', ARGV[5], 'account', ARGV[6], 'address', ARGV[7])
local lives = math.max(forget, free) - now
redis.call('PEXPIRE', KEYS[1], string.format('%.0f', lives))
for index = 3, #KEYS do
  redis.call('SADD', KEYS[index], ARGV[4])
  if redis.call('PTTL', KEYS[index]) < lives then redis.call('PEXPIRE', KEYS[index], string.format('%.0f', lives)) end
end
if free > 0 then
  redis.call('ZADD', KEYS[2], string.format('%.0f', free), ARGV[4])
  redis.call('ZREMRANGEBYSCORE', KEYS[2], '-inf', ARGV[1])
end
return {number, string.format('%.0f', free)}`

const GIVE_BACK = `
local found = redis.call('HMGET', KEYS[1], 'tries', 'free')
if not found[1] then return 0 end
if tonumber(found[1]) > 0 then redis.call('HINCRBY', KEYS[1], 'tries', -1) end
if found[2] == ARGV[1] then
  redis.call('HSET', KEYS[1], 'free', 0)
  redis.call('ZREM', KEYS[2], ARGV[2])
end
return 1`

const FORGET_WAITING = `
if redis.call('HGET', KEYS[1], 'free') ~= ARGV[1] then return 0 end
redis.call('DEL', KEYS[1])
redis.call('ZREM', KEYS[2], ARGV[2])
return 1`

const WAITING = `${PREFIX}waiting`

/** Counters in a Redis that the application connects to. */
export class RedisCounters implements Counters {
  readonly #send: SendCommand
  readonly #prefix: string

  constructor(send: SendCommand, name: string) {
    this.#send = send
    this.#prefix = `${PREFIX}${name}:`
  }

  async take(name: CounterName, rule: CounterRule, now: number): Promise<Taken> {
    const keys = [
      this.#key(name.counter),
      this.#waiting,
      ...(name.account === '' ? [] : [this.#key(`account:${name.account}`)]),
      ...(name.address === '' ? [] : [this.#key(`address:${name.address}`)]),
    ]
    const facts = [now, rule.limit, rule.memory * 1000, name.counter, name.kind, name.account, name.address, rule.waits.length]
    const answer = await this.#run(TAKE, keys, [...facts, ...rule.waits.map((seconds) => seconds * 1000)])
    const [number, freeAt] = (answer as readonly unknown[]).map((one) => Number(textOf(one)))
    return { admitted: number !== 0, number: number ?? 0, freeAt: freeAt ?? 0 }
  }

  async giveBack({ counter }: CounterName, taken: Taken): Promise<void> {
    await this.#run(GIVE_BACK, [this.#key(counter), this.#waiting], [taken.freeAt, counter])
  }

  async forget({ counter }: CounterName): Promise<void> {
    await this.#send('DEL', this.#key(counter))
    await this.#send('ZREM', this.#waiting, counter)
  }

  async forgetWaiting({ counter }: CounterName, freeAt: number): Promise<boolean> {
    return Number(textOf(await this.#run(FORGET_WAITING, [this.#key(counter), this.#waiting], [freeAt, counter]))) === 1
  }

  async forgetAll(of: { readonly account: string } | { readonly address: string }): Promise<number> {
    const index = this.#key('account' in of ? `account:${of.account}` : `address:${of.address}`)
    let gone = 0
    for (const member of (await this.#send('SMEMBERS', index)) as readonly unknown[]) {
      const counter = textOf(member)
      gone += Number(await this.#send('DEL', this.#key(counter)))
      await this.#send('ZREM', this.#waiting, counter)
      await this.#send('SREM', index, counter)
    }
    return gone
  }

  async waiting(now: number, { account, limit }: { readonly account?: string; readonly limit: number }): Promise<readonly StoredCounter[]> {
    // Under attack there are thousands, and who asks for a page of them is the one who is busy: no more than that is read, and at once.
    const names =
      account === undefined
        ? await this.#send('ZREVRANGEBYSCORE', this.#waiting, '+inf', `(${now}`, 'LIMIT', '0', String(limit))
        : await this.#send('SMEMBERS', this.#key(`account:${account}`))
    const read = (names as readonly unknown[]).map(async (name) => this.#send('HMGET', this.#key(textOf(name)), ...FACTS))
    const found: StoredCounter[] = []
    for (const words of (await Promise.all(read)) as (readonly unknown[])[]) {
      const [counter = '', kind = '', address = '', ofAccount = '', tries, freeAt, forgetAt, seen] = words.map((one) =>
        one === null ? undefined : textOf(one),
      )
      if (Number(freeAt ?? 0) <= now) continue
      found.push({
        counter,
        kind,
        address,
        account: ofAccount,
        tries: Number(tries),
        freeAt: Number(freeAt),
        forgetAt: Number(forgetAt),
        seen: Number(seen),
      })
    }
    return found.toSorted((a, b) => b.freeAt - a.freeAt).slice(0, limit)
  }

  /** Redis forgets by itself. */
  async clearExpired(): Promise<number> {
    return 0
  }

  get #waiting(): string {
    return `${WAITING}:${this.#prefix.slice(PREFIX.length, -1)}`
  }

  #key(name: string): string {
    return `${this.#prefix}${name}`
  }

  async #run(script: string, keys: readonly string[], values: readonly (string | number)[]): Promise<unknown> {
    return this.#send('EVAL', script, String(keys.length), ...keys, ...values.map(String))
  }
}

const FACTS = ['counter', 'kind', 'address', 'account', 'tries', 'free', 'forget', 'seen']

/** Clients may be told to answer in bytes. */
export function textOf(answer: unknown): string {
  return answer instanceof Uint8Array ? Buffer.from(answer.buffer, answer.byteOffset, answer.byteLength).toString('utf8') : String(answer)
}
