/**
 * Reads a mail as a mail program does: headers unfolded and decoded, bodies decoded, parts told apart.
 * @module
 */

/** A mail that was read. */
export interface ReadMail {
  /** As it came: a character for each byte. */
  readonly raw: string
  /** Header values by lower-case name; several of one name are several. */
  readonly headers: ReadonlyMap<string, readonly string[]>
  readonly text: string
  readonly html: string | null
}

/** Reads a mail whose bytes are `raw`'s characters. */
export function readMail(raw: string): ReadMail {
  const parts = partsOf(raw)
  const bodyOf = (type: string): string | null => parts.find((part) => part.type === type)?.body ?? null
  return { raw, headers: split(raw).headers, text: bodyOf('text/plain') ?? '', html: bodyOf('text/html') }
}

interface Part {
  readonly type: string
  readonly body: string
}

function partsOf(raw: string): Part[] {
  const { headers, body } = split(raw)
  const type = headers.get('content-type')?.[0] ?? 'text/plain'
  const boundary = /boundary="?([^";]+)"?/.exec(type)?.[1]
  if (boundary !== undefined) {
    const pieces = body.split(new RegExp(`(?:^|\\r\\n)--${boundary.replaceAll(/[^\w]/g, '\\$&')}(?:--)?[ \\t]*(?:\\r\\n|$)`))
    return pieces.slice(1, -1).flatMap(partsOf)
  }
  return [{ type: type.replace(/;.*/s, '').trim(), body: decodedBody(body, headers.get('content-transfer-encoding')?.[0] ?? '7bit') }]
}

function split(raw: string): { headers: Map<string, string[]>; body: string } {
  const [head = '', ...rest] = raw.split('\r\n\r\n')
  const headers = new Map<string, string[]>()
  for (const line of head.replaceAll(/\r\n[ \t]+/g, ' ').split('\r\n')) {
    const colon = line.indexOf(':')
    const name = line.slice(0, colon).toLowerCase()
    headers.set(name, [...(headers.get(name) ?? []), decodedWords(line.slice(colon + 1).trim())])
  }
  return { headers, body: rest.join('\r\n\r\n') }
}

function decodedBody(body: string, encoding: string): string {
  const bytes =
    encoding === 'base64' ? Buffer.from(body, 'base64') : Buffer.from(encoding === 'quoted-printable' ? quotedPrintable(body) : body, 'latin1')
  return bytes.toString('utf8').replaceAll('\r\n', '\n')
}

function quotedPrintable(text: string): string {
  return text.replaceAll(/=\r\n/g, '').replaceAll(/=([0-9A-F]{2})/g, (_whole, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)))
}

/** Encoded words (RFC 2047), and bytes as they are; the space between two encoded words does not count. */
function decodedWords(text: string): string {
  const bytes = text
    .replaceAll(/(=\?[^?]+\?[BbQq]\?[^?]*\?=)\s+(?==\?)/g, '$1')
    .replaceAll(/=\?utf-8\?([BbQq])\?([^?]*)\?=/gi, (_whole, kind: string, word: string) =>
      kind.toUpperCase() === 'B' ? Buffer.from(word, 'base64').toString('latin1') : quotedPrintable(word.replaceAll('_', ' ')),
    )
  return Buffer.from(bytes, 'latin1').toString('utf8')
}
