import { writeFileSync } from 'node:fs'
import { cpus } from 'node:os'
import { parseArgs } from 'node:util'
import { shutdownSignal } from '../../src/lib/shutdown-signal.ts'
import { type Measure, openWorld } from './env.ts'
import { chainReal, chainSimulated } from './figures/chains.ts'
import { fanOut } from './figures/fan-out.ts'
import { fleet } from './figures/fleet.ts'
import { history } from './figures/history.ts'
import { list } from './figures/list.ts'
import { submit } from './figures/submit.ts'
import { throughput } from './figures/throughput.ts'
import { waiting } from './figures/waiting.ts'
import { type Figure, isReached, toText } from './report.ts'

const measures: readonly Measure[] = [
  chainReal,
  chainSimulated,
  history,
  throughput,
  fanOut,
  fleet,
  waiting,
  submit,
  list,
]

const known = measures.flatMap(({ names }) => names)

const help = `Measures Millrace beside the plain Kubernetes API on one stack of its own, and says what is reached.

Usage: npm run bench [-- options]

  --json FILE     write { figures: [{ name, value, unit, target, spread, note }] } there too
  --only A,B      only what yields these figures
  --postgres      with Temporal on PostgreSQL instead of the development server
  --help          this

Takes an hour or more; nothing else should be at work on the machine.
Figures: ${known.join(', ')}
`

const { values } = parseArgs({
  options: {
    json: { type: 'string' },
    only: { type: 'string' },
    postgres: { type: 'boolean', default: false },
    help: { type: 'boolean' },
  },
})
const say = (line: string): void => console.log(`[${new Date().toISOString().slice(11, 19)}] ${line}`)

const wanted = values.only?.split(',')

async function bench(): Promise<void> {
  const chosen = measures.filter(({ names }) => !wanted || names.some((name) => wanted.includes(name)))
  const store = values.postgres ? 'postgres' : 'sqlite'
  // The parts of its stack are detached from the terminal: without this they would outlive it.
  const told = shutdownSignal(() => say('the stack is being stopped already'))
  const { world, close } = await openWorld(say, store, told)
  told.addEventListener('abort', () => void close().finally(() => process.exit(told.reason.exitCode)))
  const figures: Figure[] = []
  const save = (): void => {
    if (values.json === undefined) return
    const machine = { cores: cpus().length, node: process.version, temporal: store }
    writeFileSync(values.json, `${JSON.stringify({ machine, figures }, null, 2)}\n`)
  }
  try {
    for (const { names, measure } of chosen) {
      try {
        figures.push(...(await measure(world)))
        save()
      } catch (error) {
        // The others are worth their time all the same.
        say(`could not measure ${names.join(', ')}: ${error instanceof Error ? error.stack : error}`)
        process.exitCode = 1
      }
    }
  } finally {
    await close()
  }
  console.log(`\n${toText(figures)}\n`)
  const missed = figures.filter((figure) => !isReached(figure)).map(({ name }) => name)
  const all = `${figures.length} figures`
  console.log(
    missed.length === 0
      ? `All ${all} are as they are to be.`
      : `${missed.length} of ${all} miss their target: ${missed.join(', ')}`,
  )
}

const unknown = (wanted ?? []).filter((name) => !known.includes(name))
if (values.help) console.log(help)
else if (unknown.length > 0) {
  console.error(`bench: --only ${unknown.join(',')}: no such figure. There are ${known.join(', ')}`)
  process.exitCode = 2
} else await bench()
