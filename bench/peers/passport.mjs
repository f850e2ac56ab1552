/**
 * Passport as its documentation sets it up: Express, express-session, passport-local. On PostgreSQL sessions are kept by connect-pg-simple; on
 * SQLite by a store of our own on prepared statements, which costs less than the published ones. Rights are asked with one EXISTS, by hand.
 * @module
 */

import { DatabaseSync } from 'node:sqlite'
import connectPgSimple from 'connect-pg-simple'
import express from 'express'
import session from 'express-session'
import passport from 'passport'
import { Strategy } from 'passport-local'
import pg from 'pg'
import { createServer } from 'node:http'
import { readTask, report } from '../requests/reporting.js'
import { insert, open, phc, verifyPassword } from './seed.mjs'

const { place, seed } = readTask()
const database = open(place)
const isSqlite = database instanceof DatabaseSync

const TABLES = `
create table users (id integer primary key, username varchar(150) not null unique, email varchar(254) not null, password varchar(200) not null);
create table groups (id integer primary key, name varchar(150) not null unique);
create table user_groups (user_id integer not null references users (id), group_id integer not null references groups (id), primary key (user_id, group_id));
create table group_permissions (group_id integer not null references groups (id), permission varchar(100) not null, primary key (group_id, permission));
create table session (sid varchar primary key, sess json not null, expire timestamp(6) not null);
create index session_expire on session (expire);
`
await (isSqlite ? database.exec(TABLES) : database.query(TABLES))
await insert(
  database,
  'users',
  seed.people.map((person) => ({ id: person.id, username: person.username, email: person.email, password: phc(person) })),
)
await insert(
  database,
  'groups',
  seed.groups.map(({ id, name }) => ({ id, name })),
)
await insert(
  database,
  'user_groups',
  seed.people.flatMap(({ id, groups }) => groups.map((group) => ({ user_id: id, group_id: group }))),
)
await insert(
  database,
  'group_permissions',
  seed.groups.flatMap(({ id, permissions }) => [...new Set(permissions)].map((permission) => ({ group_id: id, permission }))),
)

const QUERIES = {
  byName: 'select id, username, email, password from users where username = $1',
  byId: 'select id, username, email from users where id = $1',
  may: 'select 1 from user_groups ug join group_permissions gp on gp.group_id = ug.group_id where ug.user_id = $1 and gp.permission = $2 limit 1',
}
const prepared = Object.fromEntries(
  Object.entries(QUERIES).map(([name, text]) => [name, isSqlite ? database.prepare(text.replaceAll('$', '?')) : text]),
)
const first = async (name, ...values) =>
  isSqlite ? prepared[name].get(...values) : (await database.query({ name, text: prepared[name], values })).rows[0]

/** What express-session asks of a store. */
class SqliteSessions extends session.Store {
  #get = database.prepare('select sess from session where sid = ? and expire > ?')
  #set = database.prepare(
    'insert into session (sid, sess, expire) values (?, ?, ?) on conflict (sid) do update set sess = excluded.sess, expire = excluded.expire',
  )
  #touch = database.prepare('update session set expire = ? where sid = ?')
  #destroy = database.prepare('delete from session where sid = ?')

  get(sid, done) {
    const row = this.#get.get(sid, Date.now())
    done(null, row === undefined ? null : JSON.parse(row.sess))
  }

  set(sid, value, done) {
    this.#set.run(sid, JSON.stringify(value), expiry(value))
    done(null)
  }

  // Called at every request: expiry slides. connect-pg-simple writes then, and so do the published stores for SQLite.
  touch(sid, value, done) {
    this.#touch.run(expiry(value), sid)
    done(null)
  }

  destroy(sid, done) {
    this.#destroy.run(sid)
    done(null)
  }
}

const TWO_WEEKS = 1_209_600_000
const expiry = (value) => Date.now() + (value.cookie.originalMaxAge ?? TWO_WEEKS)

passport.use(
  new Strategy((username, password, done) => {
    first('byName', username)
      .then(async (user) => done(null, user !== undefined && (await verifyPassword({ hash: user.password, password })) ? user : false))
      .catch(done)
  }),
)
passport.serializeUser((user, done) => done(null, user.id))
passport.deserializeUser((id, done) => {
  first('byId', id).then((user) => done(null, user ?? false), done)
})

const app = express()
app.disable('x-powered-by')
app.set('etag', false)
app.use(
  session({
    secret: seed.secretKey,
    resave: false,
    saveUninitialized: false,
    cookie: { maxAge: TWO_WEEKS, sameSite: 'lax' },
    store: isSqlite ? new SqliteSessions() : new (connectPgSimple(session))({ pool: database, pruneSessionInterval: false }),
  }),
)
app.use(passport.session())

const shown = ({ id, username, email }) => ({ id, username, email })
app.get('/', (request, response) => response.json({ user: request.user === undefined ? null : shown(request.user) }))
app.get('/product', async (request, response) => {
  if (request.user === undefined) return response.status(401).json({ error: 'not_authenticated' })
  const may = (await first('may', request.user.id, 'shop.change_product')) !== undefined
  return may ? response.json({ user: shown(request.user) }) : response.status(403).json({ error: 'permission_denied' })
})
app.post('/login', express.json(), passport.authenticate('local'), (request, response) => response.json({ user: shown(request.user) }))

report(createServer(app), [pg.Client.prototype])
