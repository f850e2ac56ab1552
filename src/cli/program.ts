/**
 * The commands and their options. A command's own module, and with it the site, is loaded only when that command runs: help is quick.
 * @module
 */

import { Command, Option } from 'commander'
import type { CheckLevel } from '../settings/checks.js'
import type { CommandContext } from './command.js'
import type { CheckCommandOptions } from './commands/check.js'
import type { MigrateCommandOptions } from './commands/migrate.js'
import type { AttackCommandOptions } from './commands/attack.js'
import type { InviteCommandOptions } from './commands/invite.js'
import type { ExportUserOptions } from './commands/personal-data.js'
import type { RoutesCommandOptions } from './commands/routes.js'
import type { UnlockCommandOptions } from './commands/unlock.js'
import type { TypesCommandOptions } from './commands/types.js'
import type { Outcome } from './outcome.js'

/** Options that every command takes. */
export interface GlobalOptions {
  readonly site?: string
  readonly export?: string
  readonly env?: string
  readonly json?: boolean
}

/** Runs one command: hands it its surroundings and prints what it comes to. */
export type Run = (command: string, work: (context: CommandContext) => Promise<Outcome>) => Promise<void>

/** `--noinput`, as Django spells it, and `--no-input`, which commander reads as `input: false`. */
interface InputOptions {
  readonly noinput?: boolean
  readonly input: boolean
}

const FAIL_LEVELS = ['info', 'warning', 'error', 'critical'] as const satisfies readonly CheckLevel[]

/** Makes the command line. Nothing is printed or ended by it: errors are thrown, and `write` gets what it has to say. */
export function createProgram(version: string, run: Run, write: { readonly out: (text: string) => void }): Command {
  const program = new Command('portcullis')
    .description('Users, groups and permissions on Django’s own tables.')
    .option('--site <file>', 'the module that makes the site (default: portcullis.config.ts, here or above)')
    .option('--export <name>', 'which export of that module is the site, where it exports several')
    .option('--env <file>', 'reads environment variables from a file first; those already set stay')
    .option('--json', 'prints one JSON object on standard output')
    .version(version, '-V, --version', 'prints the version')
    .helpOption('-h, --help', 'explains the command')
    .helpCommand('help [command]', 'explains a command')
    .configureHelp({ showGlobalOptions: true })
    .configureOutput({ writeOut: write.out, writeErr: () => {} })
    .exitOverride()
    .addHelpText('after', '\nExit codes: 0 done, 1 said no, 2 called wrongly.')

  program
    .command('migrate')
    .description('creates the tables or brings them up to date')
    .option('--plan', 'only shows what would be done')
    .option('--check', 'only tells whether there is anything to do: exit code 1 if so')
    .option('--sql', 'shows the statements as well')
    .option('--destructive', 'also does what loses data, in tables that portcullis made')
    .action((options: MigrateCommandOptions) => run('migrate', async (context) => (await import('./commands/migrate.js')).migrate(context, options)))

  withoutQuestions(program.command('createsuperuser'), 'asks nothing: values come from options and the environment')
    .description('creates a user who may everything')
    .usage('[options] [--<field> <text> …]')
    .allowUnknownOption()
    .allowExcessArguments()
    .addHelpText('after', SUPERUSER_HELP)
    .action((options: InputOptions, command: Command) =>
      run('createsuperuser', async (context) => {
        const { createSuperuser } = await import('./commands/create-superuser.js')
        return createSuperuser(context, { noInput: asksNothing(options), fields: command.args })
      }),
    )

  program
    .command('changepassword')
    .description('sets a user’s password, typed twice')
    .argument('[username]', 'default: the account you are logged in to this machine with')
    .action((username: string | undefined) =>
      run('changepassword', async (context) => (await import('./commands/change-password.js')).changePassword(context, username)),
    )

  program
    .command('check')
    .description('reports what is wrong or unsafe in the set-up')
    .option('--deploy', 'also what matters once the site is on the internet')
    .addOption(new Option('--fail-level <level>', 'from which level on the exit code is 1').choices(FAIL_LEVELS).default('error'))
    .option('--url <url>', 'looks at a running site from outside instead, such as https://shop.example')
    .option('--plain-url <url>', 'its address over plain HTTP (default: port 80 beside port 443)')
    .option('--login <path>', 'its login page', '/accounts/login/')
    .option('--admin <path>', 'its admin', '/admin/')
    .option('--insecure', 'takes a certificate that nobody vouches for')
    .action((options: CheckCommandOptions) =>
      run('check', async (context) => {
        const { url } = options
        if (url === undefined) return (await import('./commands/check.js')).check(context, options)
        return (await import('./commands/check-url.js')).checkUrl(url, options, version)
      }),
    )

  program
    .command('explain')
    .description('tells why a user may or may not: exit code 1 if not')
    .argument('<user>', 'a username')
    .argument('<permission>', 'such as shop.add_product')
    .action((user: string, permission: string) =>
      run('explain', async (context) => (await import('./commands/explain.js')).explain(context, user, permission)),
    )

  program
    .command('export-user')
    .description('prints everything that is held about a user, as JSON')
    .argument('<user>', 'a username')
    .option('--out <file>', 'writes it to a new file that only you may read')
    .action((user: string, options: ExportUserOptions) =>
      run('export-user', async (context) => (await import('./commands/personal-data.js')).exportUser(context, user, options)),
    )

  withoutQuestions(program.command('erase-user'), 'erases without asking')
    .description('deletes everything that belongs to a user; what they did in the admin stays without their name')
    .argument('<user>', 'a username')
    .action((user: string, options: InputOptions) =>
      run('erase-user', async (context) => (await import('./commands/personal-data.js')).eraseUser(context, user, { noInput: asksNothing(options) })),
    )

  program
    .command('unlock')
    .description('ends the waits that too many tries to log in brought: exit code 1 if there was none')
    .argument('[user]', 'the name that was typed')
    .option('--address <address>', 'all waits of this address')
    .option('--list', 'only shows who waits')
    .action((user: string | undefined, options: UnlockCommandOptions) =>
      run('unlock', async (context) => (await import('./commands/unlock.js')).unlock(context, user, options)),
    )

  program
    .command('invite')
    .description('invites somebody to make an account, and prints the link')
    .argument('[email]', 'the address of who is to come')
    .option('--group <name...>', 'groups to join')
    .option('--days <count>', 'how long the link counts (default: what the site says)')
    .option('--mail', 'mails the link too')
    .option('--list', 'only shows who is invited')
    .option('--revoke <id>', 'takes an invitation back')
    .action((email: string | undefined, options: InviteCommandOptions) =>
      run('invite', async (context) => (await import('./commands/invite.js')).invite(context, email, options)),
    )

  program
    .command('attack')
    .description('guesses passwords at a site on this machine and tells how many guesses it lets through')
    .requiredOption('--url <url>', 'the site, such as http://127.0.0.1:8000: loopback only')
    .addOption(new Option('--profile <profile>', 'what is tried').choices(['stuffing', 'spraying', 'lock-the-owner']).default('stuffing'))
    .option('--login <path>', 'the login page', '/accounts/login/')
    .option('--guesses <count>', 'at most so many, up to 5,000', '200')
    .option('--seconds <count>', 'at most so long, up to 300', '60')
    .option('--owner <username>', 'an account whose owner logs in meanwhile; the password is read from PORTCULLIS_OWNER_PASSWORD')
    .option('--addresses <count>', 'from so many addresses of this machine (127.0.0.2 and up), up to 1,000', '1')
    .action((options: AttackCommandOptions) => run('attack', async (context) => (await import('./commands/attack.js')).attack(context, options)))

  program
    .command('routes')
    .description('lists the routes of an application, and who may call them')
    .requiredOption('--app <file>', 'the module that exports the application of Express, Fastify, Hono or Nest')
    .option('--check', 'exit code 1 if a route has no guard and does not say that it needs none')
    .action((options: Omit<RoutesCommandOptions, 'exportName'>) =>
      run('routes', async (context) =>
        (await import('./commands/routes.js')).routes(context, { ...options, exportName: program.opts<GlobalOptions>().export }),
      ),
    )

  program
    .command('types')
    .description('writes the permissions of the database as a TypeScript module')
    .option('--out <file>', 'the file to write (default: standard output)')
    .action((options: TypesCommandOptions) => run('types', async (context) => (await import('./commands/types.js')).types(context, options)))

  program
    .command('generate-secret')
    .description('prints a secret key')
    .action(() => run('generate-secret', async () => (await import('./commands/generate-secret.js')).generateSecret()))

  program
    .command('clearsessions')
    .description('deletes sessions that have expired')
    .action(() => run('clearsessions', async (context) => (await import('./commands/clear-sessions.js')).clearSessions(context)))

  withoutQuestions(program.command('remove-stale-contenttypes'), 'deletes without asking')
    .description('deletes content types of models that are no more, with their permissions')
    .option('--include-stale-apps', 'also of apps that this site declares no model in')
    .action((options: InputOptions & { readonly includeStaleApps?: boolean }) =>
      run('remove-stale-contenttypes', async (context) => {
        const { removeStaleContentTypes } = await import('./commands/remove-stale-content-types.js')
        return removeStaleContentTypes(context, { includeStaleApps: options.includeStaleApps === true, noInput: asksNothing(options) })
      }),
    )

  return program
}

const SUPERUSER_HELP = `
<field> is the username's or a required field of the site's user model: --username ada --email ada@example.com
With --noinput, what no option names is read from PORTCULLIS_SUPERUSER_<FIELD> or DJANGO_SUPERUSER_<FIELD>, and the
password from PORTCULLIS_SUPERUSER_PASSWORD or DJANGO_SUPERUSER_PASSWORD; without one, nobody can log in with a password.`

function withoutQuestions(command: Command, meaning: string): Command {
  return command.option('--noinput', meaning).addOption(new Option('--no-input').hideHelp())
}

function asksNothing(options: InputOptions): boolean {
  return options.noinput === true || !options.input
}
