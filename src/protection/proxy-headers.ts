/**
 * Headers by which proxies speak, seen where no proxy was declared. Either there is one, and every visitor seems to come from it over plain
 * HTTP, or somebody tries whether we believe what anybody writes (C5). The log hears of it once a header.
 * @module
 */

/** Those that a declared proxy is believed in. */
const READ = ['x-forwarded-for', 'x-forwarded-proto', 'x-forwarded-host'] as const
/** Other names for a visitor's address. No proxy is believed in them. */
const NEVER_READ = ['forwarded', 'x-real-ip', 'cf-connecting-ip'] as const

/** As people write them. */
const SPELLED: Readonly<Record<(typeof READ | typeof NEVER_READ)[number], string>> = {
  'x-forwarded-for': 'X-Forwarded-For',
  'x-forwarded-proto': 'X-Forwarded-Proto',
  'x-forwarded-host': 'X-Forwarded-Host',
  forwarded: 'Forwarded',
  'x-real-ip': 'X-Real-IP',
  'cf-connecting-ip': 'CF-Connecting-IP',
}

/** Something a site's log should know. */
export interface ProxyHeaderWarning {
  readonly code: 'undeclared_proxy_header'
  /** The header, as people write it. */
  readonly header: string
  readonly message: string
}

/** A request, as far as it is looked at. */
export interface SeenRequest {
  header(name: string): string | undefined
  readonly socketAddress: string | null
}

/** Looks out for them, for one site. */
export class ProxyHeaderWatch {
  readonly #unseen = new Set([...READ, ...NEVER_READ])
  readonly #hasProxies: boolean
  readonly #warn: (warning: ProxyHeaderWarning) => void

  constructor(hasProxies: boolean, warn: (warning: ProxyHeaderWarning) => void) {
    this.#hasProxies = hasProxies
    this.#warn = warn
  }

  /** Looks at one request. What the headers say is not repeated: anybody may have written it (K3). */
  look(request: SeenRequest, isFromProxy: boolean): void {
    // Without a socket nothing is known of who wrote them; Next writes some itself.
    if (this.#unseen.size === 0 || request.socketAddress === null) return
    // A proxy may add as many as it likes, if the one that is read is among them.
    if (isFromProxy && request.header('x-forwarded-for') !== undefined) return
    for (const name of this.#unseen) {
      if ((isFromProxy && isRead(name)) || request.header(name) === undefined) continue
      this.#unseen.delete(name)
      this.#warn({ code: 'undeclared_proxy_header', header: SPELLED[name], message: this.#messageFor(name, request.socketAddress, isFromProxy) })
    }
  }

  #messageFor(name: keyof typeof SPELLED, address: string, isFromProxy: boolean): string {
    const spelled = SPELLED[name]
    if (isFromProxy) return `The proxy at ${address} sends ${spelled}, which is not read, and no X-Forwarded-For. Have it send X-Forwarded-For.`
    const seen = `A request from ${address} had the header ${spelled}, which was not believed: ${this.#hasProxies ? 'this address is not among trustedProxies' : 'no proxy is declared'}.`
    return `${seen} If a proxy of yours stands there, name its network in trustedProxies${isRead(name) ? '' : ' and have it send X-Forwarded-For'}; if not, somebody is trying.`
  }
}

function isRead(name: string): boolean {
  return (READ as readonly string[]).includes(name)
}
