/**
 * The `millrace` command. Each subcommand is a file of its own, loaded when it is asked for, so that `--help`
 * answers at once and `stop` does not load Temporal. Wiring (which adapter serves which port) happens in these
 * files and nowhere else.
 */
import { describeError } from '../telemetry/log.ts'

interface Command {
  about: string
  run(args: string[]): Promise<void>
}

const commands: Record<string, Command> = {
  start: {
    about: 'bring up the local stack, worker and API, run an example, stay until Ctrl-C',
    run: async (args) => (await import('../../deploy/local/start.ts')).start(args),
  },
  stop: {
    about: 'stop what `start --detach` left running',
    run: async () => (await import('../../deploy/local/stop.ts')).stop(),
  },
  clean: {
    about: 'list what the local stack keeps and no longer uses; remove it with --caches',
    run: async (args) => (await import('../../deploy/local/clean.ts')).clean(args),
  },
  api: {
    about: 'serve the HTTP API',
    run: async () => (await import('./api.ts')).api(),
  },
  worker: {
    about: 'run workflows and activities, and watch their Jobs',
    run: async () => (await import('./worker.ts')).worker(),
  },
  replay: {
    about: 'replay every open run with this code, before it is rolled out (--all: ended ones too)',
    run: async (args) => (await import('./admin/replay.ts')).replay(args),
  },
  versions: {
    about: 'list the builds of the workflow code, and which one runs go to',
    run: async (args) => (await import('./admin/versions.ts')).versions(args),
  },
  promote: {
    about: 'have all runs go on with a build, this code by default; the way back too',
    run: async (args) => (await import('./admin/promote.ts')).promote(args),
  },
  install: {
    about: "install the CRDs and register Temporal's search attributes; safe to repeat",
    run: async () => (await import('./admin/setup.ts')).install(),
  },
}

const help = `millrace: runs pipelines on Kubernetes so that they finish

Usage: millrace <command> [options]

${Object.entries(commands)
  .map(([name, { about }]) => `  ${name.padEnd(9)} ${about}`)
  .join('\n')}

Settings come from the environment; README.md lists them.
`

const [name = '--help', ...args] = process.argv.slice(2)
const command = commands[name]
if (name === '--help' || name === '-h' || name === 'help') {
  process.stdout.write(help)
} else if (!command) {
  process.stderr.write(`millrace: there is no command "${name}"\n\n${help}`)
  process.exitCode = 2
} else {
  try {
    await command.run(args)
  } catch (error) {
    // A person reads this: the message says what to do, with its causes.
    process.stderr.write(`millrace ${name}: ${describeError(error)}\n`)
    process.exitCode ||= 1
  }
}
