/**
 * The statements of the hand-written server, in the form that costs least: prepared once on SQLite, named on PostgreSQL.
 * @module
 */

import { DatabaseSync } from 'node:sqlite'
import { Pool } from 'pg'
import type { Place } from '../contestant.js'

/** A session with the user it belongs to, as the database has them. */
export interface SessionRow {
  readonly session_data: string
  readonly public_id: string | null
  readonly last_seen: string | null
  readonly id: number | null
  readonly password: string
  readonly last_login: string | null
  readonly is_superuser: number | boolean
  readonly username: string
  readonly first_name: string
  readonly last_name: string
  readonly email: string
  readonly is_staff: number | boolean
  readonly is_active: number | boolean
  readonly date_joined: string
}

export interface UserRow {
  readonly id: number
  readonly password: string
  readonly username: string
  readonly email: string
  readonly is_active: number | boolean
}

export interface NewSession {
  readonly key: string
  readonly data: string
  readonly expires: string
  readonly publicId: string
  readonly userId: number
  readonly now: string
}

type Soon<T> = T | Promise<T>

/** What the server asks of a database. */
export interface HandStore {
  findSession(key: string, now: string): Soon<SessionRow | undefined>
  findUser(username: string): Soon<UserRow | undefined>
  holds(userId: number, permissionId: number): Soon<boolean>
  /** Everything somebody may, as `app_label`, `codename`. */
  grants(userId: number): Soon<readonly { readonly app_label: string; readonly codename: string }[]>
  permissionId(appLabel: string, codename: string): Soon<number>
  touchUser(id: number, now: string): Soon<void>
  addSession(session: NewSession): Soon<void>
}

const USER = 'u.id, u.password, u.last_login, u.is_superuser, u.username, u.first_name, u.last_name, u.email, u.is_staff, u.is_active, u.date_joined'

/** Written once, with the placeholders of PostgreSQL; SQLite takes them too. */
const STATEMENTS = {
  findSession: `select s.session_data, p.public_id, p.last_seen, ${USER} from django_session s left join portcullis_session p on p.session_key = s.session_key left join auth_user u on u.id = p.user_key where s.session_key = $1 and s.expire_date > $2`,
  findUser: `select id, password, username, email, is_active from auth_user where username = $1`,
  holds:
    'select exists (select 1 from auth_user_user_permissions where user_id = $1 and permission_id = $2) or exists (select 1 from auth_user_groups ug join auth_group_permissions gp on gp.group_id = ug.group_id where ug.user_id = $1 and gp.permission_id = $2) as found',
  grants:
    'select ct.app_label, p.codename from auth_permission p join django_content_type ct on ct.id = p.content_type_id where p.id in (select permission_id from auth_user_user_permissions where user_id = $1 union select gp.permission_id from auth_user_groups ug join auth_group_permissions gp on gp.group_id = ug.group_id where ug.user_id = $1)',
  permissionId:
    'select p.id from auth_permission p join django_content_type ct on ct.id = p.content_type_id where ct.app_label = $1 and p.codename = $2',
  touchUser: 'update auth_user set last_login = $2 where id = $1',
  addSession: 'insert into django_session (session_key, session_data, expire_date) values ($1, $2, $3)',
  addRecord:
    'insert into portcullis_session (public_id, session_key, user_key, created, last_seen, address, user_agent) values ($1, $2, $3, $4, $5, $6, $7)',
} as const

/** Opens the store of one place. */
export function openStore(place: Place): HandStore {
  return place.engine === 'sqlite' ? onSqlite(place.url) : onPostgres(place.url)
}

function onSqlite(path: string): HandStore {
  const database = new DatabaseSync(path)
  database.exec('pragma busy_timeout = 5000; pragma journal_mode = wal; pragma synchronous = normal; pragma foreign_keys = on')
  // `?1` is SQLite's word for `$1`.
  const prepare = (name: keyof typeof STATEMENTS) => database.prepare(STATEMENTS[name].replaceAll('$', '?'))
  const [findSession, findUser, holds, grants, permissionId] = [
    prepare('findSession'),
    prepare('findUser'),
    prepare('holds'),
    prepare('grants'),
    prepare('permissionId'),
  ]
  const [touchUser, addSession, addRecord] = [prepare('touchUser'), prepare('addSession'), prepare('addRecord')]
  return {
    findSession: (key, now) => findSession.get(key, now) as unknown as SessionRow | undefined,
    findUser: (username) => findUser.get(username) as unknown as UserRow | undefined,
    holds: (userId, id) => holds.get(userId, id)?.['found'] === 1,
    grants: (userId) => grants.all(userId) as unknown as { app_label: string; codename: string }[],
    permissionId: (appLabel, codename) => permissionId.get(appLabel, codename)?.['id'] as number,
    touchUser: (id, now) => void touchUser.run(id, now),
    addSession({ key, data, expires, publicId, userId, now }) {
      addSession.run(key, data, expires)
      addRecord.run(publicId, key, userId, now, now, '127.0.0.1', '')
    },
  }
}

function onPostgres(url: string): HandStore {
  const pool = new Pool({ connectionString: url })
  // Times stay text: nobody here computes with them.
  const times = new Set([1082, 1114, 1184])
  const types = { getTypeParser: (oid: number) => (times.has(oid) ? String : parserOf(oid)) }
  const ask = async <T>(name: keyof typeof STATEMENTS, values: unknown[]): Promise<T[]> =>
    (await pool.query({ name, text: STATEMENTS[name], values, types })).rows as T[]
  const first = async <T>(name: keyof typeof STATEMENTS, values: unknown[]): Promise<T | undefined> => (await ask<T>(name, values))[0]
  return {
    findSession: async (key, now) => first('findSession', [key, `${now}+00`]),
    findUser: async (username) => first('findUser', [username]),
    holds: async (userId, id) => (await first<{ found: boolean }>('holds', [userId, id]))?.found === true,
    grants: async (userId) => ask('grants', [userId]),
    permissionId: async (appLabel, codename) => (await first<{ id: number }>('permissionId', [appLabel, codename]))?.id as number,
    touchUser: async (id, now) => void (await ask('touchUser', [id, `${now}+00`])),
    async addSession({ key, data, expires, publicId, userId, now }) {
      await ask('addSession', [key, data, `${expires}+00`])
      await ask('addRecord', [publicId, key, userId, `${now}+00`, `${now}+00`, '127.0.0.1', ''])
    },
  }
}

/** Numbers and truth values; all else is text. */
function parserOf(oid: number): (text: string) => unknown {
  if (oid === 16) return (text) => text === 't'
  return oid === 20 || oid === 21 || oid === 23 ? Number : String
}
