/**
 * `multipart/form-data`, as browsers write it (RFC 7578), read from bytes that are complete: one pass, nothing to wait for, so that a
 * half-sent part is an answer and never a hanging request (J7). What is not exactly a form is refused, not repaired.
 * @module
 */

import { lower } from '../../base/text.js'
import { decodeUtf8, type FormBuilder } from './form-builder.js'
import { parseMediaType, parseParameters } from './media-type.js'
import { BodyProblem, type SettledBodyLimits } from './request-data.js'

/** RFC 2046: at most 70 characters, the last no space. */
const BOUNDARY = /^[0-9A-Za-z'()+_,\-./:=? ]{0,69}[0-9A-Za-z'()+_,\-./:=?]$/
const LINE_END = Buffer.from('\r\n')
const HEAD_END = Buffer.from('\r\n\r\n')
const DASHES = Buffer.from('--')
const HEADER = /^([!#$%&'*+.^_`|~0-9A-Za-z-]+):(.*)$/
const FORM_DATA = /^form-data(?=[ \t]*(?:;|$))/i

/** One part: what its headers say, and its content. */
interface Part {
  readonly name: string
  /** Null for a field. */
  readonly fileName: string | null
  readonly type: string
  readonly content: Buffer
}

/** Reads all parts into `form`, in order. */
export function parseMultipart(body: Buffer, boundary: string | undefined, form: FormBuilder, limits: SettledBodyLimits): void {
  if (boundary === undefined || !BOUNDARY.test(boundary)) throw new BodyProblem('malformed_body')
  let parts = 0
  for (const part of partsOf(body, boundary, limits.headerBytes)) {
    if (++parts > limits.fields + limits.files) throw new BodyProblem('too_many_fields')
    if (part.fileName === null) form.addField(part.name, fieldText(part))
    // A form whose file was left out sends a part of nothing without a name.
    else if (part.fileName !== '' || part.content.length > 0) addFile(form, part)
  }
}

function addFile(form: FormBuilder, { name, fileName, type, content }: Part): void {
  form.announceFile(content.length)
  // A copy: the bytes around it are the other fields, passwords too.
  form.addFile(name, { name: fileName ?? '', type, size: content.length, bytes: new Uint8Array(content) })
}

function fieldText({ type, content }: Part): string {
  const charset = type === '' ? undefined : parseMediaType(type)?.parameters.get('charset')
  if (charset !== undefined && !/^(?:utf-8|us-ascii)$/i.test(charset)) throw new BodyProblem('invalid_encoding')
  return decodeUtf8(content)
}

function* partsOf(body: Buffer, boundary: string, headerBytes: number): Generator<Part> {
  const delimiter = Buffer.from(`\r\n--${boundary}`, 'latin1')
  const opening = delimiter.subarray(LINE_END.length)
  // What stands before the first delimiter is for people with old mail programs.
  const first = isAt(body, opening, 0) ? -LINE_END.length : body.indexOf(delimiter)
  if (first === -1) throw new BodyProblem('malformed_body')
  let at = first + delimiter.length
  while (!isAt(body, DASHES, at)) {
    const headStart = endOfLine(body, at)
    const headEnd = endOfHead(body, headStart, headerBytes)
    const head = partHead(decodeUtf8(body.subarray(headStart, headEnd)))
    const start = headEnd + HEAD_END.length
    // From two bytes before: a part that ends with its headers shares a line's end with the delimiter.
    const end = body.indexOf(delimiter, start - LINE_END.length)
    if (end === -1) throw new BodyProblem('incomplete_body')
    yield { ...head, content: body.subarray(Math.min(start, end), end) }
    at = end + delimiter.length
  }
}

/** A delimiter may have blanks behind it, and nothing else. */
function endOfLine(body: Buffer, from: number): number {
  let at = from
  while (body[at] === 0x20 || body[at] === 0x09) at++
  if (isAt(body, LINE_END, at)) return at + LINE_END.length
  throw new BodyProblem(at + 1 >= body.length ? 'incomplete_body' : 'malformed_body')
}

function endOfHead(body: Buffer, start: number, headerBytes: number): number {
  if (isAt(body, LINE_END, start)) throw new BodyProblem('malformed_body')
  const end = body.subarray(start, start + headerBytes + HEAD_END.length).indexOf(HEAD_END)
  if (end !== -1) return start + end
  throw new BodyProblem(body.length - start > headerBytes ? 'header_too_large' : 'incomplete_body')
}

function partHead(text: string): Omit<Part, 'content'> {
  const headers = new Map<string, string>()
  for (const line of text.split('\r\n')) {
    const match = HEADER.exec(line)
    // No folded lines, no bare line ends, no control characters: no browser sends them, and readers disagree on them.
    // eslint-disable-next-line no-control-regex
    if (match === null || /[\u0000-\u0008\u000a-\u001f\u007f]/.test(line)) throw new BodyProblem('malformed_body')
    const [, name = '', value = ''] = match
    const key = lower(name)
    if (headers.has(key)) throw new BodyProblem('malformed_body')
    headers.set(key, value.replace(/^[ \t]+/, ''))
  }
  checkTransferEncoding(headers.get('content-transfer-encoding'))
  return { ...namesOf(headers.get('content-disposition') ?? ''), type: headers.get('content-type') ?? '' }
}

/** RFC 7578 gave it up; base64 is left to those who want two readings of one part. */
function checkTransferEncoding(encoding: string | undefined): void {
  if (encoding !== undefined && !/^(?:7bit|8bit|binary)$/i.test(encoding)) throw new BodyProblem('malformed_body')
}

function namesOf(disposition: string): { name: string; fileName: string | null } {
  const type = FORM_DATA.exec(disposition)
  const parameters = type === null ? null : parseParameters(disposition, type[0].length)
  const name = parameters?.get('name')
  if (parameters === null || name === undefined) throw new BodyProblem('malformed_body')
  // RFC 7578 forbids `filename*`: that it is there makes the part a file, what it says is not read.
  return { name, fileName: parameters.get('filename') ?? (parameters.has('filename*') ? '' : null) }
}

function isAt(body: Buffer, sought: Buffer, at: number): boolean {
  return body.length - at >= sought.length && body.compare(sought, 0, sought.length, at, at + sought.length) === 0
}
