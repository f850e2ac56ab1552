/**
 * What carries a site's mails: `portcullis/mail`.
 * @module
 */

export { consoleTransport, type ConsoleOptions } from './mail/console-transport.js'
export { fileTransport } from './mail/file-transport.js'
export { describeMailEvent, type MailEvent, type MailSubject } from './mail/mail-event.js'
export { createMailer, type Mailer, type MailerOptions, type MailOptions, type TemplateMessage } from './mail/mailer.js'
export { memoryTransport, type Mailbox } from './mail/memory-transport.js'
export { InvalidMail, isMailAddress, type MailAddress, type MailMessage, type NewMessage } from './mail/message.js'
export {
  renderMail,
  type AccountExistsContext,
  type AccountLockedContext,
  type EmailChangedContext,
  type EmailVerificationContext,
  type InvitationContext,
  type MailContext,
  type MailContexts,
  type MailRendering,
  type MailTemplate,
  type MailTemplateName,
  type MailTemplates,
  type NewDeviceContext,
  type PasswordChangedContext,
  type PasswordResetContext,
  type RenderedMail,
  type WelcomeContext,
} from './mail/render.js'
export { type SmtpEncryption, type SmtpOptions } from './mail/smtp-options.js'
export { smtpTransport } from './mail/smtp-transport.js'
export { MailNotSent, type MailNotSentDetails, type MailTransport } from './mail/transport.js'
