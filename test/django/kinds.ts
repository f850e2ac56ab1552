/**
 * The models of `project/kinds/models.py` and `project/people/models.py`, declared in TypeScript.
 * @module
 */

import { abstractUser } from '../../src/accounts/user.js'
import {
  autoField,
  bigIntegerField,
  booleanField,
  charField,
  dateField,
  dateTimeField,
  decimalField,
  emailField,
  fileField,
  floatField,
  foreignKey,
  imageField,
  integerField,
  jsonField,
  ManyToMany,
  manyToManyField,
  oneToOneField,
  positiveSmallIntegerField,
  slugField,
  textField,
  urlField,
  uuidField,
} from '../../src/database/fields.js'
import { Field } from '../../src/database/field.js'
import { model } from '../../src/database/model.js'

/** Django's SmallIntegerField, which only foreign keys to such tables need here. */
const smallIntegerField = new Field({ kind: 'smallInteger' })

export class Everything extends model('kinds.Everything', {
  fields: {
    char: charField({ maxLength: 80 }),
    charNull: charField({ maxLength: 80, null: true }),
    charUnique: charField({ maxLength: 80, unique: true }),
    charIndexed: charField({ maxLength: 80, index: true }),
    text: textField(),
    textNull: textField({ null: true }),
    email: emailField(),
    emailUnique: emailField({ maxLength: 100, unique: true }),
    url: urlField(),
    slug: slugField(),
    slugUnique: slugField({ maxLength: 60, unique: true }),
    boolean: booleanField(),
    booleanNull: booleanField({ null: true }),
    integer: integerField(),
    integerNull: integerField({ null: true, index: true }),
    integerUnique: integerField({ unique: true }),
    small: smallIntegerField,
    positiveSmall: positiveSmallIntegerField(),
    positiveSmallNull: positiveSmallIntegerField({ null: true }),
    big: bigIntegerField(),
    decimal: decimalField({ maxDigits: 8, decimalPlaces: 2 }),
    decimalNull: decimalField({ maxDigits: 20, decimalPlaces: 0, null: true }),
    float: floatField(),
    date: dateField(),
    dateNull: dateField({ null: true, index: true }),
    moment: dateTimeField(),
    momentIndexed: dateTimeField({ null: true, index: true }),
    uuid: uuidField(),
    uuidUnique: uuidField({ null: true, unique: true }),
    json: jsonField(),
    jsonNull: jsonField({ null: true }),
    file: fileField({ uploadTo: 'files' }),
    image: imageField({ uploadTo: 'images', maxLength: 150, null: true }),
  },
  uniqueTogether: [
    ['char', 'integer'],
    ['slug', 'date', 'positiveSmall'],
  ],
  indexes: [['boolean', 'date'], ['moment']],
}) {}

export class AutoKeyed extends model('kinds.AutoKeyed', { fields: { id: autoField(), name: charField({ maxLength: 10 }) } }) {}

export class Country extends model('kinds.Country', { fields: { code: charField({ maxLength: 2, primaryKey: true }) } }) {}

export class Parcel extends model('kinds.Parcel', {
  fields: {
    id: uuidField({ primaryKey: true }),
    country: foreignKey(() => Country),
    formerCountry: foreignKey(() => Country, { null: true, onDelete: 'setNull' }),
    keyed: foreignKey(() => AutoKeyed, { onDelete: 'protect' }),
    unchecked: foreignKey(() => AutoKeyed, { dbConstraint: false }),
    parent: foreignKey<string>('self', { null: true }),
  },
}) {}

export class Label extends model('kinds.Label', {
  fields: { parcel: oneToOneField(() => Parcel, { primaryKey: true }), country: oneToOneField(() => Country) },
}) {}

export class Sticker extends model('kinds.Sticker', { fields: { label: foreignKey(() => Label) } }) {}

export class Tag extends model('kinds.Tag', {
  fields: {
    name: charField({ maxLength: 30, unique: true }),
    parcels: manyToManyField(() => Parcel),
    related: new ManyToMany('self'),
    countries: manyToManyField(() => Country, { table: 'tag_country' }),
  },
}) {}

export class AVeryLongModelNameThatMakesEveryConstraintNameTooLong extends model('kinds.AVeryLongModelNameThatMakesEveryConstraintNameTooLong', {
  fields: { aColumnWithQuiteALongName: foreignKey(() => Parcel), anotherColumnWithQuiteALongName: charField({ maxLength: 10, index: true }) },
  uniqueTogether: [['aColumnWithQuiteALongName', 'anotherColumnWithQuiteALongName']],
}) {}

/** Every model of the app `kinds`. */
export const kindsModels = [Everything, AutoKeyed, Country, Parcel, Label, Sticker, Tag, AVeryLongModelNameThatMakesEveryConstraintNameTooLong]

/** The user model of the app `people`. */
export class Person extends abstractUser('people.Person', { fields: { phone: charField({ maxLength: 20, blank: true }) } }) {}

export class Badge extends model('people.Badge', { fields: { person: oneToOneField(() => Person), colour: charField({ maxLength: 30 }) } }) {}
