import { describeError } from '../telemetry/log.ts'

/** A subcommand: a file of its own that is loaded on use, so that `--help` answers at once. */
export interface Command {
  about: string
  run(args: string[]): Promise<void>
}

/** Runs the subcommand that the arguments name. Prints an error to stderr; the exit code is then 1. */
export async function runCommand(
  commands: Record<string, Command>,
  about: string,
  [name = '--help', ...args]: readonly string[],
): Promise<void> {
  const command = commands[name]
  if (name === '--help' || name === '-h' || name === 'help') {
    process.stdout.write(helpOf(commands, about))
  } else if (!command) {
    process.stderr.write(`millrace: unknown command "${name}"\n\n${helpOf(commands, about)}`)
    process.exitCode = 2
  } else {
    try {
      await command.run(args)
    } catch (error) {
      // A person reads this: the message says what to do, and includes its causes.
      process.stderr.write(`millrace ${name}: ${describeError(error)}\n`)
      process.exitCode ||= 1
    }
  }
}

const helpOf = (commands: Record<string, Command>, about: string): string => `${about}

Usage: millrace <command> [options]

${Object.entries(commands)
  .map(([name, { about }]) => `  ${name.padEnd(9)} ${about}`)
  .join('\n')}

Settings come from the environment; README.md lists them.
`
