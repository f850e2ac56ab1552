/**
 * `portcullis attack --url http://127.0.0.1:8000`: guesses passwords as attackers do, at a site on this machine, and tells how many guesses
 * were let through and whether the owner of the account was kept out. Bounded in number and time.
 * @module
 */

import type { CommandContext } from '../command.js'
import { AttackClient, loopbackTarget, type Verdict } from '../attack-client.js'
import { Misuse } from '../errors.js'
import { done, no, type Outcome } from '../outcome.js'

/** What the command line says; numbers are still text. */
export interface AttackCommandOptions {
  readonly url: string
  readonly profile: 'stuffing' | 'spraying' | 'lock-the-owner'
  readonly login: string
  readonly guesses: string
  readonly seconds: string
  readonly addresses: string
  readonly owner?: string
}

const MOST_GUESSES = 5000
const MOST_SECONDS = 300
const MOST_ADDRESSES = 1000
/** The owner logs in once for so many guesses. */
const GUESSES_A_LOGIN = 10
/** Guesses under way at the same time: enough to find counts that are read first and written later. */
const AT_ONCE = 8

/** What is guessed, the how-manieth time. */
const PROFILES: Readonly<Record<AttackCommandOptions['profile'], (guess: number, owner: string) => readonly [username: string, password: string]>> = {
  // Pairs of a leaked list: every name once or twice.
  stuffing: (guess) => [`person${Math.floor(guess / 2)}@example.com`, `leaked-${guess}`],
  // One password that many people use, at every account.
  spraying: (guess) => [`person${guess}`, 'Winter2026!'],
  // One account, so that its owner cannot get in either.
  'lock-the-owner': (guess, owner) => [owner, `guess-${guess}`],
}

/** Attacks, and reports; exit code 1 if a guess was right or the owner was kept out. */
export async function attack(context: CommandContext, options: AttackCommandOptions): Promise<Outcome> {
  const target = loopbackTarget(options.url)
  const guesses = countOf('--guesses', options.guesses, MOST_GUESSES)
  const ends = Date.now() + 1000 * countOf('--seconds', options.seconds, MOST_SECONDS)
  const addresses = countOf('--addresses', options.addresses, MOST_ADDRESSES)
  const owner = await readOwner(context, options)
  if (addresses > 1 && !target.host.startsWith('127.')) throw new Misuse('--addresses needs a site at 127.0.0.1: ::1 is a single address.')
  if (!options.login.startsWith('/')) throw new Misuse('--login is a path, such as /accounts/login/.')

  const attackers = Array.from(
    { length: addresses },
    (_, index) => new AttackClient(target, options.login, addresses === 1 ? null : sourceAddress(index)),
  )
  const ownersBrowser = new AttackClient(target, options.login, null)
  const counts: Record<Verdict, number> = { 'let in': 0, wrong: 0, refused: 0, other: 0 }
  const owners = { logins: 0, refused: 0 }
  const started = Date.now()
  const logInOwner = async (): Promise<void> => {
    if (owner === null) return
    owners.logins += 1
    if ((await ownersBrowser.logIn(owner.username, owner.password)) !== 'let in') owners.refused += 1
    ownersBrowser.logOut()
  }
  try {
    await logInOwner()
    if (owners.refused > 0) throw new Misuse('The owner could not log in before the attack began: look at the name and the password.')
    for (let sent = 0; sent < guesses && Date.now() < ends; sent += AT_ONCE) {
      const round = Array.from({ length: Math.min(AT_ONCE, guesses - sent) }, (_, index) => sent + index)
      // Two guesses of one browser would wait for each other.
      const verdicts = await Promise.all(
        round.map(async (guess) => {
          const browser = addresses >= AT_ONCE ? attackers[guess % addresses] : new AttackClient(target, options.login, sourceOf(guess, addresses))
          const verdict = await (browser?.logIn(...PROFILES[options.profile](guess, owner?.username ?? 'victim')) ?? 'other')
          if (addresses < AT_ONCE) browser?.close()
          return verdict
        }),
      )
      for (const verdict of verdicts) counts[verdict] += 1
      if (Math.floor(sent / GUESSES_A_LOGIN) !== Math.floor((sent + AT_ONCE) / GUESSES_A_LOGIN)) await logInOwner()
    }
  } finally {
    for (const one of [...attackers, ownersBrowser]) one.close()
  }
  return report(options.profile, counts, owner === null ? null : owners, Date.now() - started)
}

function report(
  profile: string,
  counts: Readonly<Record<Verdict, number>>,
  owner: { readonly logins: number; readonly refused: number } | null,
  milliseconds: number,
): Outcome {
  const admitted = counts.wrong + counts['let in']
  const guesses = admitted + counts.refused + counts.other
  const facts = { profile, guesses, admitted, refused: counts.refused, other: counts.other, letIn: counts['let in'], owner, milliseconds }
  const text = [
    `${profile}: ${guesses} guesses in ${(milliseconds / 1000).toFixed(1)} s.`,
    `${admitted} were let through, ${counts.refused} were refused${counts.other === 0 ? '' : `, ${counts.other} were answered otherwise`}.`,
    ...(counts['let in'] === 0 ? [] : [`${counts['let in']} were right.`]),
    ...(owner === null ? [] : [`The owner logged in ${owner.logins - owner.refused} of ${owner.logins} times.`]),
  ].join('\n')
  return counts['let in'] > 0 || (owner?.refused ?? 0) > 0 ? no(text, facts) : done(text, facts)
}

async function readOwner({ environment }: CommandContext, { owner, profile }: AttackCommandOptions) {
  const password = environment['PORTCULLIS_OWNER_PASSWORD']
  if (owner === undefined) {
    if (profile === 'lock-the-owner')
      throw new Misuse('lock-the-owner needs an owner: name an account with --owner, and its password in PORTCULLIS_OWNER_PASSWORD.')
    return null
  }
  if (password === undefined || password === '') throw new Misuse('The owner’s password is missing: put it into PORTCULLIS_OWNER_PASSWORD.')
  return { username: owner, password }
}

function countOf(option: string, text: string, most: number): number {
  const count = /^\d{1,6}$/.test(text) ? Number(text) : 0
  if (count < 1 || count > most) throw new Misuse(`${option} is a whole number from 1 to ${most}.`)
  return count
}

function sourceOf(guess: number, addresses: number): string | null {
  return addresses === 1 ? null : sourceAddress(guess % addresses)
}

/** Another address of loopback: all of 127.0.0.0/8 is this machine. */
function sourceAddress(index: number): string {
  return `127.0.${1 + Math.floor(index / 250)}.${1 + (index % 250)}`
}
