import { writeFileSync } from 'node:fs'
import { cpus } from 'node:os'
import { parseArgs } from 'node:util'
import { list, submit } from './figures/api.ts'
import { chainReal, chainSimulated } from './figures/chains.ts'
import { fanOut } from './figures/fan-out.ts'
import { fleet } from './figures/fleet.ts'
import { history } from './figures/history.ts'
import { throughput } from './figures/throughput.ts'
import { waiting } from './figures/waiting.ts'
import { type Figure, isReached, toText } from './report.ts'
import { type Measure, openWorld } from './world.ts'

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

const help = `Measures Millrace beside the plain Kubernetes API on one stack of its own, and says what is reached.

Usage: npm run bench [-- options]

  --json FILE     write { figures: [{ name, value, unit, target, spread, note }] } there too
  --only A,B      only what yields these figures
  --help          this

Figures: ${measures.flatMap(({ names }) => names).join(', ')}
`

const { values } = parseArgs({
  options: {
    json: { type: 'string' },
    only: { type: 'string' },
    help: { type: 'boolean' },
  },
})

async function bench(): Promise<void> {
  const wanted = values.only?.split(',')
  const chosen = measures.filter(({ names }) => !wanted || names.some((name) => wanted.includes(name)))
  if (chosen.length === 0) throw new Error(`none of ${values.only} is a figure: see --help`)
  const say = (line: string): void => console.log(`[${new Date().toISOString().slice(11, 19)}] ${line}`)
  const { world, close } = await openWorld(say)
  const figures: Figure[] = []
  try {
    for (const { measure } of chosen) figures.push(...(await measure(world)))
  } finally {
    await close()
  }
  console.log(`\n${toText(figures)}\n`)
  const missed = figures.filter((figure) => !isReached(figure))
  console.log(
    missed.length === 0
      ? `All ${figures.length} figures are as they are to be.`
      : `${missed.length} of ${figures.length} figures miss their target: ${missed.map(({ name }) => name).join(', ')}`,
  )
  if (values.json === undefined) return
  const machine = { cores: cpus().length, node: process.version }
  writeFileSync(values.json, `${JSON.stringify({ machine, figures }, null, 2)}\n`)
}

if (values.help) console.log(help)
else await bench()
