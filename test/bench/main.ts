import { writeFileSync } from 'node:fs'
import { cpus } from 'node:os'
import { parseArgs } from 'node:util'
import { shutdownSignal } from '../../src/lib/shutdown-signal.ts'
import { type Measure, openEnv } from './env.ts'
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

const help = `Measures Millrace beside the plain Kubernetes API on a stack of its own, and compares each figure with its target.

Usage: npm run bench [-- options]

  --json FILE     also write { figures: [{ name, value, unit, target, spread, note }] } to FILE
  --only A,B      measure only these figures
  --postgres      run Temporal on PostgreSQL instead of SQLite
  --help          print this text

Takes an hour or more. Nothing else should run on the machine.
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
  // The processes of the stack are detached from the terminal: without this they would outlive it.
  const shutdown = shutdownSignal(() => say('the stack is already being stopped'))
  const { env, close } = await openEnv(say, store, shutdown)
  shutdown.addEventListener('abort', () => void close().finally(() => process.exit(shutdown.reason.exitCode)))
  const figures: Figure[] = []
  const save = (): void => {
    if (values.json === undefined) return
    const machine = { cores: cpus().length, node: process.version, temporal: store }
    writeFileSync(values.json, `${JSON.stringify({ machine, figures }, null, 2)}\n`)
  }
  try {
    for (const { names, measure } of chosen) {
      try {
        figures.push(...(await measure(env)))
        save()
      } catch (error) {
        // The other figures are still measured.
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
      ? `All ${all} reach their targets.`
      : `${missed.length} of ${all} miss their target: ${missed.join(', ')}`,
  )
}

const unknown = (wanted ?? []).filter((name) => !known.includes(name))
if (values.help) console.log(help)
else if (unknown.length > 0) {
  console.error(`bench: --only ${unknown.join(',')}: no such figure. There are ${known.join(', ')}`)
  process.exitCode = 2
} else await bench()
