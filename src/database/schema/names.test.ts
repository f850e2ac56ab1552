import { describe, expect, test } from 'vitest'
import { constraintName, foreignKeySuffix, listedIndexName } from './names.js'

describe('constraintName', () => {
  test('is Django’s where it fits (DM-9)', () => {
    expect(constraintName(63, 'auth_user_groups', ['user_id', 'group_id'], '_uniq')).toBe('auth_user_groups_user_id_group_id_94350c0c_uniq')
    expect(constraintName(63, 'auth_user', ['username'], '_like')).toBe('auth_user_username_6821ab7c_like')
    expect(constraintName(64, 'django_session', ['expire_date'])).toBe('django_session_expire_date_a5c62663')
  })

  test('is cut as Django cuts it where it does not (DM-9)', () => {
    const suffix = foreignKeySuffix('auth_permission', 'id')
    expect(constraintName(63, 'auth_user_user_permissions', ['permission_id'], suffix)).toBe(
      'auth_user_user_permi_permission_id_1fbb5f2c_fk_auth_perm',
    )
    expect(constraintName(63, 'auth_permission', ['content_type_id'], foreignKeySuffix('django_content_type', 'id'))).toBe(
      'auth_permission_content_type_id_2f476e4b_fk_django_co',
    )
    expect(constraintName(200, 'auth_permission', ['content_type_id'], foreignKeySuffix('django_content_type', 'id'))).toBe(
      'auth_permission_content_type_id_2f476e4b_fk_django_content_type_id',
    )
  })

  test('is never longer than the limit, however long its parts, and counts characters as Python does', () => {
    for (const limit of [63, 64, 200]) {
      const name = constraintName(limit, 't'.repeat(300), ['𝒳'.repeat(300), 'b'], foreignKeySuffix('z'.repeat(300), 'id'))
      expect(Array.from(name).length).toBeLessThanOrEqual(limit)
      expect(name.isWellFormed()).toBe(true)
    }
  })

  test('begins with a letter', () => {
    expect(constraintName(63, `_${'t'.repeat(80)}`, ['a'])).toMatch(/^D_t+_/)
  })
})

describe('listedIndexName', () => {
  test('is short, with the suffix of an index', () => {
    expect(listedIndexName('kinds_everything', ['boolean', 'date'])).toBe('kinds_every_boolean_de2e8a_idx')
    expect(listedIndexName('1table', ['a'])).toMatch(/^Dtable_a_[0-9a-f]{6}_idx$/)
  })
})
