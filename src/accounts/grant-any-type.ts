/**
 * The content type of the admin's own permission, which no model is behind: named here, so that nobody takes it for a stale one.
 * @module
 */

/** App and model as the table spells them. Whoever changes rights in an admin also waits for their turn at this row. */
export const GRANT_ANY_CONTENT_TYPE = { appLabel: 'portcullis', model: 'admin' } as const

/** Whether a content type is this one. */
export function isGrantAnyType({ appLabel, model }: { readonly appLabel: string; readonly model: string }): boolean {
  return appLabel === GRANT_ANY_CONTENT_TYPE.appLabel && model === GRANT_ANY_CONTENT_TYPE.model
}
