/**
 * The `millrace` command of an installation: its processes and its admin commands. Implementations are wired
 * to ports only in the files of this folder. deploy/local/main.ts starts a whole stack on one machine.
 */
import { type Command, runCommand } from './run-command.ts'

const commands: Record<string, Command> = {
  api: {
    about: 'serve the HTTP API',
    run: async () => (await import('./api.ts')).api(),
  },
  worker: {
    about: 'run workflows and activities, and watch Jobs',
    run: async () => (await import('./worker.ts')).worker(),
  },
  replay: {
    about: 'replay every open run with this code before a rollout (--all: ended runs too)',
    run: async (args) => (await import('./admin/replay.ts')).replay(args),
  },
  versions: {
    about: 'list the builds of the workflow code, and which one is current',
    run: async (args) => (await import('./admin/versions.ts')).versions(args),
  },
  promote: {
    about: 'route all runs to a build (default: this code); also to roll back',
    run: async (args) => (await import('./admin/promote.ts')).promote(args),
  },
  install: {
    about: "install the CRDs and register Temporal's search attributes; can be repeated",
    run: async () => (await import('./admin/setup.ts')).install(),
  },
}

await runCommand(
  commands,
  'millrace: runs pipelines on Kubernetes so that they finish',
  process.argv.slice(2),
)
