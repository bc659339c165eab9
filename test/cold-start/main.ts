/**
 * `npm run cold-start`: measures `npm start` and `npm test` on a machine that has built nothing yet, with empty caches of
 * its own. Everything is built, and nothing is downloaded.
 */
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { ShutdownRequested, shutdownSignal } from '../../src/lib/shutdown-signal.ts'
import { EmptyMachine } from './empty-machine.ts'
import { type Part, partsOf, tableOf, totalOf } from './parts.ts'

const help = `Measures a first \`npm start\`: a fresh clone, empty caches, everything built.

Usage: npm run cold-start [-- options]

  --against COMMIT  measure that commit first, then this one, and print their ratio
  --commit COMMIT   measure this commit (HEAD). Uncommitted changes are not measured
  --test            also measure \`npm test\`, which builds what is still missing
  --verbose         print the output of the commands
  --help            print this text

Takes ten minutes for a start, and as much for the tests. Nothing else should run on the machine. CPU is that of all
cores. Debian packages that are already installed cost nothing.
`

const { values } = parseArgs({
  options: {
    against: { type: 'string' },
    commit: { type: 'string', default: 'HEAD' },
    test: { type: 'boolean', default: false },
    verbose: { type: 'boolean', default: false },
    help: { type: 'boolean', default: false },
  },
})

const root = join(import.meta.dirname, '../..')
/** A stack number that nothing else uses. */
const stack = { MILLRACE_STACK: '79', MILLRACE_DOWNLOADS: 'never' }

interface Measured {
  start: Part
  test?: Part
}

async function measure(commit: string, signal: AbortSignal): Promise<Measured> {
  const machine = new EmptyMachine(root, commit)
  const run = async (what: string, args: string[]): Promise<Part[]> => {
    console.log(`\n${commit}: ${what}`)
    const onLine = (line: string): void => {
      if (values.verbose) console.log(`  | ${line}`)
    }
    const { samples, code } = await machine.run(args, stack, { onLine, signal })
    const parts = partsOf(samples)
    console.log(tableOf(parts))
    if (code !== 0) throw new Error(`npm ${args.join(' ')} ended with ${code}`)
    return parts
  }
  try {
    const start = await run('npm start, cold', ['start', '--', '--detach'])
    await run('npm run stop', ['run', 'stop'])
    await run('npm start, warm', ['start', '--', '--detach', '--no-demo'])
    await run('npm run stop', ['run', 'stop'])
    if (!values.test) return { start: totalOf(start) }
    return { start: totalOf(start), test: totalOf(await run('npm test, cold', ['test'])) }
  } finally {
    const options = { onLine: () => undefined, signal: new AbortController().signal }
    await machine.run(['run', 'stop'], stack, options).catch(() => undefined)
    machine.remove()
  }
}

function compare(before: Measured, after: Measured): void {
  const ratio = (what: string, a: number, b: number): void =>
    console.log(`${what}: ${b.toFixed(0)} instead of ${a.toFixed(0)} s of CPU, ${(b / a).toFixed(2)} of it`)
  console.log('')
  ratio('npm start, cold', before.start.cpuSeconds, after.start.cpuSeconds)
  if (before.test && after.test)
    ratio(
      'npm start and npm test, cold',
      before.start.cpuSeconds + before.test.cpuSeconds,
      after.start.cpuSeconds + after.test.cpuSeconds,
    )
}

async function coldStart(): Promise<void> {
  const shutdown = shutdownSignal(() => console.log('Already shutting down: the stack is stopped first'))
  const before = values.against === undefined ? undefined : await measure(values.against, shutdown)
  const after = await measure(values.commit, shutdown)
  if (before) compare(before, after)
}

if (values.help) console.log(help)
else
  await coldStart().catch((error) => {
    console.error(error instanceof Error ? error.message : error)
    process.exitCode = error instanceof ShutdownRequested ? error.exitCode : 1
  })
