/**
 * Every sentence a person may read, in one catalogue, in our own words. Keys are Django's error codes; where one code has
 * several sentences, `code.subject`. Codes never change; sentences may, and translations replace them by key.
 * @module
 */

/** Values a sentence names, as `{name}`. `count` also chooses between `one` and `other`. */
export type MessageParams = Readonly<Record<string, string | number>>

type Message = string | { readonly one: string; readonly other: string; readonly count: string }

const english = {
  required: 'Please fill in this field.',
  null: 'This field cannot be empty.',
  blank: 'This field cannot be blank.',
  'blank.password': 'A password of nothing but white space is not allowed.',
  unique: 'This value is already taken.',
  'unique.username': 'That username is already taken.',
  invalid: 'That is not a valid value.',
  invalid_choice: '“{value}” is not one of the choices.',
  max_length: {
    one: 'Use at most {limit} character (this has {length}).',
    other: 'Use at most {limit} characters (this has {length}).',
    count: 'limit',
  },
  null_characters_not_allowed: 'Null characters are not allowed.',
  min_value: 'Use a number of at least {limit}.',
  max_value: 'Use a number of at most {limit}.',
  max_decimal_places: { one: 'Use at most {limit} digit behind the point.', other: 'Use at most {limit} digits behind the point.', count: 'limit' },
  max_whole_digits: { one: 'Use at most {limit} digit before the point.', other: 'Use at most {limit} digits before the point.', count: 'limit' },
  'invalid.date': 'That is not a date. Write it as year-month-day, such as 2026-11-23.',
  'invalid.datetime': 'That is not a date and time.',
  'invalid.username': 'Use only letters, digits, and the signs @ . + - _ in a username.',
  'invalid.username_ascii': 'Use only the letters a to z and A to Z, digits, and the signs @ . + - _ in a username.',
  'invalid.email': 'That is not an e-mail address. It looks like name@example.com.',
  'invalid.uuid': 'That is not a UUID.',
  'invalid.json': 'That cannot be written as JSON.',
  'invalid.url': 'That is not a web address. It starts with http:// or https://.',
  'invalid.slug': 'Use only letters, digits, underscores and hyphens.',
  'invalid.password': 'That password holds a character that cannot be stored. Choose another.',
  'max_length.password': 'That password is too long: it has {length} bytes, and {limit} are allowed.',
  password_mismatch: 'The two passwords are not the same.',
  password_too_short: {
    one: 'This password is too short. Use {minLength} character or more.',
    other: 'This password is too short. Use {minLength} characters or more.',
    count: 'minLength',
  },
  password_too_similar: 'This password is too much like your {attribute}.',
  password_too_common: 'This password is one that many people use, and that is tried first.',
  password_entirely_numeric: 'This password is made of digits only. Add letters or other characters.',
  'help.password_too_short': { one: 'Use {minLength} character or more.', other: 'Use {minLength} characters or more.', count: 'minLength' },
  'help.password_too_similar': 'Do not use your name, your e-mail address or anything close to them.',
  'help.password_too_common': 'Do not use a password that many people use.',
  'help.password_entirely_numeric': 'Do not use digits only.',
  'attribute.username': 'username',
  'attribute.firstName': 'first name',
  'attribute.lastName': 'last name',
  'attribute.email': 'e-mail address',
  'invalid.encoded_password': 'That is not a password hash of a known algorithm.',
  'invalid.schema': '{message}',
  'body.malformed_body': 'What was sent cannot be read.',
  'body.invalid_encoding': 'What was sent is not text in UTF-8.',
  'body.incomplete_body': 'What was sent ended too early. Please try again.',
  'body.body_unavailable': 'What was sent was lost on its way. Please try again.',
  'body.nested_too_deeply': 'What was sent has parts within parts too deeply.',
  'body.body_too_large': 'What was sent is too large.',
  'body.field_too_large': 'One of the fields is too long.',
  'body.file_too_large': 'The file is too large.',
  'body.header_too_large': 'What was sent cannot be read.',
  'body.too_many_fields': 'What was sent has too many fields.',
  'body.too_many_files': 'Please send one file at a time.',
  'body.unsupported_media_type': 'What was sent is neither a form nor JSON.',
  'refused.bad_request': 'The request could not be understood.',
  'refused.bad_host': 'This site does not answer to that name.',
  'refused.session_interrupted': 'You were logged out in another window while this was under way. Please try again.',
  'refused.login_required': 'Please log in first.',
  'refused.permission_denied': 'You are not allowed to do this.',
  'refused.csrf_failed': 'This form is out of date, or it did not come from this site. Go back, load the page again and send it once more.',
  'refused.not_found': 'There is nothing here.',
  'refused.method_not_allowed': 'This address does not take that kind of request.',
  'refused.body_too_large': 'That is more than this address takes.',
  'refused.unsupported_media_type': 'This address does not take that kind of content.',
  'refused.too_many_requests': 'That was too often. Please wait a while and try again.',
  'refused.server_error': 'Something went wrong on our side.',
  'refused.unavailable': 'The site is too busy right now. Please try again in a moment.',
} as const satisfies Record<string, Message>

/** The key of a sentence in the catalogue. */
export type MessageKey = keyof typeof english

/** A translation: some or all of the catalogue's sentences, by key. */
export type Catalogue = Partial<Record<MessageKey, Message>>

/**
 * Makes the sentence for a key: the translation if there is one, English otherwise.
 *
 * @example
 * messageFor('max_length', { limit: 150, length: 200 })   // 'Use at most 150 characters (this has 200).'
 */
export function messageFor(key: MessageKey, params: MessageParams = {}, translation: Catalogue = {}): string {
  const message: Message = translation[key] ?? english[key]
  const text = typeof message === 'string' ? message : Number(params[message.count]) === 1 ? message.one : message.other
  return text.replaceAll(/\{(\w+)\}/g, (whole, name: string) => (Object.hasOwn(params, name) ? String(params[name]) : whole))
}
