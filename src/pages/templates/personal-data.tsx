/**
 * For who wants to have what is held about them.
 * @module
 */

import type { JSX } from 'hono/jsx/jsx-runtime'
import { Form } from '../components/form.js'
import type { PersonalDataProps } from '../props.js'

/** The page where somebody downloads their data. */
export function PersonalDataPage({ form, visitor, site, action, csrfToken }: PersonalDataProps): JSX.Element {
  return (
    <div class="pc-card">
      <div class="pc-title">
        <h1>Download your data</h1>
        <p class="pc-soft">
          You get one file with everything that {site.name} holds about you. Programs can read it, and so can you with any text editor.
        </p>
      </div>
      <ul class="pc-help">
        <li>your account and your profile, without your password</li>
        <li>your groups and permissions</li>
        <li>the devices you are logged in on, and failed tries to log in</li>
        <li>what was noted for your safety: logins, changes, and the addresses they came from</li>
        <li>what you did as a member of staff, and what staff changed in your account</li>
        <li>whatever else this site keeps about you</li>
      </ul>
      <p class="pc-soft">Keep the file where nobody else reads it.</p>
      <Form form={form} action={action} csrfToken={csrfToken} submit="Download my data" isDownload>
        {/* Tells a password manager whose password it is. */}
        <input type="text" autocomplete="username" value={visitor.username} readonly hidden />
      </Form>
    </div>
  )
}
