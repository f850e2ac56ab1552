/**
 * The input for a file, beside the one that is there: shown if it is a picture, with a box to have it removed.
 * @module
 */

import type { JSX } from 'hono/jsx/jsx-runtime'
import { safeHref } from '../../base/html.js'
import type { FieldView } from '../../forms/form-types.js'
import type { InputAttributes } from './field.js'
import { Icon } from './icons.js'

/** The input, and what is there. */
export function FileInput({ field, input }: { readonly field: FieldView; readonly input: InputAttributes }): JSX.Element {
  const { file } = field
  const isPicture = String(field.attributes['accept'] ?? '').includes('image/')
  const chooser = <input class="pc-file" type="file" {...input} />
  if (!isPicture && file === null) return chooser
  return (
    <div class={isPicture ? 'pc-picture' : 'pc-file-row'}>
      {isPicture ? <Picture url={safeHref(file?.url)} /> : <FileLink url={safeHref(file?.url)} path={file?.path ?? ''} />}
      <div>
        {chooser}
        {file !== null && file.clearName !== null && (
          <div class="pc-choice">
            <input type="checkbox" name={file.clearName} id={`${field.id}-clear`} value="on" />
            <label for={`${field.id}-clear`}>{isPicture ? 'Remove this picture' : 'Remove this file'}</label>
          </div>
        )}
      </div>
    </div>
  )
}

function Picture({ url }: { readonly url: string | undefined }): JSX.Element {
  if (url !== undefined) return <img src={url} alt="The present picture" />
  return (
    <span class="pc-face pc-face-large" aria-hidden="true">
      <Icon name="person" size={32} />
    </span>
  )
}

function FileLink({ url, path }: { readonly url: string | undefined; readonly path: string }): JSX.Element {
  return url === undefined ? <span>{path}</span> : <a href={url}>{path}</a>
}
