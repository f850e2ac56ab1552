/**
 * The machine and what stands around a site: Node, its switches, mails, stores that forget.
 * @module
 */

import { finding, type DeploymentFacts, type Finding } from './facts.js'

/**
 * The first releases whose HMACs are compared in constant time (CVE-2026-21713), by their line. Lines that are not here are older than all of
 * them, or newer.
 */
const PATCHED: Readonly<Record<number, readonly [minor: number, patch: number]>> = { 22: [22, 2], 24: [14, 1], 25: [8, 2] }
const NEWEST_LISTED = 25

/** What is wrong with the machine and the neighbours. */
export function machineChecks(facts: DeploymentFacts): Finding[] {
  return [...nodeChecks(facts), ...neighbourChecks(facts)]
}

function nodeChecks({ machine }: DeploymentFacts): Finding[] {
  const { nodeVersion, environment, nodeArguments } = machine
  const mode = environment['NODE_ENV']
  return [
    mode !== 'production' &&
      finding(
        'security.W018',
        'NODE_ENV',
        `NODE_ENV is ${mode === undefined ? 'not set' : `“${mode}”`}: frameworks show the stack of an error to visitors.`,
        'Start the site with NODE_ENV=production.',
      ),
    !isPatched(nodeVersion) &&
      finding(
        'portcullis.W025',
        'Node',
        `Node ${nodeVersion} compares signatures byte by byte, so that how long it takes tells how much was right (CVE-2026-21713).`,
        'Install 22.22.2, 24.14.1 or a newer release.',
      ),
    nodeArguments.includes('--insecure-http-parser') &&
      finding(
        'portcullis.W026',
        'Node',
        'Node was started with --insecure-http-parser: two servers may see two requests where one was sent.',
        'Leave it out.',
        'error',
      ),
    environment['NODE_TLS_REJECT_UNAUTHORIZED'] === '0' &&
      finding(
        'portcullis.W027',
        'NODE_TLS_REJECT_UNAUTHORIZED',
        'Certificates of other servers are not checked: who stands between reads mails and queries.',
        'Leave it out. For a certificate of your own there is NODE_EXTRA_CA_CERTS.',
        'error',
      ),
  ]
}

function isPatched(version: string): boolean {
  const [major = 0, minor = 0, patch = 0] = version.split('.').map(Number)
  if (major > NEWEST_LISTED) return true
  const first = PATCHED[major]
  return first !== undefined && (minor > first[0] || (minor === first[0] && patch >= first[1]))
}

function neighbourChecks({ options, mail, models, machine }: DeploymentFacts): Finding[] {
  const counted = (
    [
      ['lockouts', options.lockouts],
      ['rateLimits', options.rateLimits],
    ] as const
  ).filter(([, one]) => one !== false && one?.store?.isInMemory === true)
  const pictures = models.flatMap((one) =>
    one.meta.columns.filter(({ field }) => field.settings.kind === 'image').map(({ name }) => `${one.label}.${name}`),
  )
  return [
    mail.isForDevelopment === true &&
      finding(
        'portcullis.W020',
        'mail.transport',
        `Mails are not sent: the transport “${mail.name}” keeps them on this machine, reset links among them.`,
        "Set mail: { transport: smtpTransport('smtp://…'), from: … }.",
      ),
    options.sessions?.store === 'memory' &&
      finding(
        'portcullis.W021',
        'sessions.store',
        'Sessions are kept in the process: they are gone when it ends, and no other process knows them.',
        "Leave store out, or set 'cachedDatabase'.",
      ),
    ...counted.map(([subject]) =>
      finding(
        'portcullis.W022',
        `${subject}.store`,
        'Tries are counted in the process: each process allows as many again, and a restart forgets them.',
        'Leave store out, or set redisCounters(…).',
      ),
    ),
    pictures.length > 0 &&
      options.media !== undefined &&
      !machine.hasPackage('sharp') &&
      finding('portcullis.W023', pictures.join(', '), 'Pictures cannot be taken: the package sharp is not installed.', 'Run `npm install sharp`.'),
  ]
}
