/**
 * What a form is bound to in tests: a request with a body that was read, sent by a browser or by a program.
 * @module
 */

import type { FormRequest } from '../../src/forms/form-types.js'
import type { RequestData, UploadedFile } from '../../src/protection/body/request-data.js'

/** Values by Django's names; a list is a name sent several times. */
export type Sent = Readonly<Record<string, unknown>>

/** A form as a browser sends it. */
export function posted(
  fields: Sent,
  parts: { readonly user?: unknown; readonly files?: Readonly<Record<string, readonly UploadedFile[]>> } = {},
): FormRequest {
  return request({ kind: 'form', fields: mapOf(fields), files: new Map(Object.entries(parts.files ?? {})) }, parts.user)
}

/** JSON as a program sends it. */
export function json(fields: Sent, user?: unknown): FormRequest {
  return request({ kind: 'json', fields: mapOf(fields), files: new Map() }, user)
}

/** A file as it arrives. */
export function upload(bytes: Uint8Array, name = 'face.png'): UploadedFile {
  return { name, type: 'image/png', size: bytes.length, bytes }
}

/** The codes of errors, by name. */
export function codesOf(form: { readonly isValid: boolean }): Record<string, string[]> {
  const errors = 'errors' in form ? (form.errors as Readonly<Record<string, readonly { readonly code: string }[]>>) : {}
  return Object.fromEntries(Object.entries(errors).map(([name, list]) => [name, list.map((one) => one.code)]))
}

/** The valid form; an error that lists what is wrong with one that is not. */
export function valid<F extends { readonly isValid: boolean }>(form: F): Extract<F, { readonly isValid: true }> {
  if (!form.isValid) throw new Error(`The form has errors: ${JSON.stringify(codesOf(form))}`)
  return form as Extract<F, { readonly isValid: true }>
}

function request(data: RequestData, user: unknown): FormRequest {
  return { readBody: async () => data, csrfToken: () => 'csrf-token', ...(user === undefined ? {} : { user }) }
}

function mapOf(fields: Sent): Map<string, readonly unknown[]> {
  return new Map(Object.entries(fields).map(([name, value]) => [name, Array.isArray(value) ? (value as unknown[]) : [value]]))
}
