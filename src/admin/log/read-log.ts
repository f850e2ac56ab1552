/**
 * Reads the history of the admin: what somebody did last, and what happened to one object.
 * @module
 */

import { LogEntry } from '../../accounts/django-apps.js'
import type { Model } from '../../database/model.js'
import type { ModelAdmin } from '../model-admin.js'
import type { AdminVisit } from '../visit.js'
import { ADDITION, DELETION } from './log.js'

/** Something that was done. */
export interface LoggedAction {
  readonly kind: 'added' | 'changed' | 'deleted'
  /** As ISO 8601. */
  readonly time: string
  /** What the object was called then. */
  readonly name: string
  readonly modelName: string
  /** Where the object is; null where it is gone, or its model is not here. */
  readonly href: string | null
  /** As it is stored; `readChangeMessage` tells what it says. */
  readonly message: string
  /** The key of who did it. */
  readonly userKey: unknown
}

/** Django's page size of a history. */
export const HISTORY_PAGE = 100

/** The last actions of who is asking. */
export async function recentActions(visit: AdminVisit, limit: number): Promise<LoggedAction[]> {
  const entries = await visit.parts.objects(LogEntry).filter({ user: visit.staff } as never, { orderBy: ['-actionTime', '-id'], limit } as never)
  return loggedActions(visit, entries)
}

/** What happened to an object, oldest first as in Django; one more than asked for tells that there is more. */
export async function historyOf(
  visit: AdminVisit,
  admin: ModelAdmin,
  row: Model,
  page: number,
): Promise<{ actions: LoggedAction[]; hasMore: boolean }> {
  const contentType = await visit.parts.contentTypes.getForModel(admin.model)
  const where = { contentType: contentType.id, objectId: String(row.pk) }
  const options = { orderBy: ['actionTime', 'id'], limit: HISTORY_PAGE + 1, offset: (page - 1) * HISTORY_PAGE }
  const entries = await visit.parts.objects(LogEntry).filter(where as never, options as never)
  return { actions: await loggedActions(visit, entries.slice(0, HISTORY_PAGE)), hasMore: entries.length > HISTORY_PAGE }
}

async function loggedActions(visit: AdminVisit, entries: readonly Model[]): Promise<LoggedAction[]> {
  const keys = [...new Set((entries as readonly LogEntry[]).map((one) => one.contentType).filter((one) => one !== null))]
  const types = keys.length === 0 ? [] : await visit.parts.contentTypes.filter({ id: { in: keys } } as never)
  const byKey = new Map(types.map((one) => [one.id, one]))
  return (entries as readonly LogEntry[]).map((entry) => {
    const type = entry.contentType === null ? undefined : byKey.get(entry.contentType)
    const admin = type === undefined ? null : visit.admin.find(type.appLabel, type.model)
    const kind = entry.actionFlag === ADDITION ? 'added' : entry.actionFlag === DELETION ? 'deleted' : 'changed'
    return {
      kind,
      time: entry.actionTime.toISOString(),
      name: entry.objectRepr,
      modelName: admin?.meta.verboseName ?? type?.model ?? '',
      href: admin === null || kind === 'deleted' || entry.objectId === null ? null : admin.url(visit.base, 'change', entry.objectId),
      message: entry.changeMessage,
      userKey: entry.user,
    }
  })
}
