/** The commands of the local stack, as `npm start`, `npm run stop` and `npm run clean` call them. */
import { type Command, runCommand } from '../../src/server/run-command.ts'

const commands: Record<string, Command> = {
  start: {
    about: 'start the local stack, worker and API, run an example, stay until Ctrl-C',
    run: async (args) => (await import('./commands/start.ts')).start(args),
  },
  stop: {
    about: 'stop what `start --detach` left running',
    run: async () => (await import('./commands/stop.ts')).stop(),
  },
  clean: {
    about: 'list unused files in the cache of the local stack; remove them with --caches',
    run: async (args) => (await import('./commands/clean.ts')).clean(args),
  },
}

await runCommand(commands, 'millrace: the local stack on this machine', process.argv.slice(2))
