/**
 * `npm run chaos`: the long form. Each fault in turn strikes a load of its own while that is under way; then some
 * of them, picked and timed at random by the seed, strike one load together. Ends with a table, and with exit code
 * 1 when a promise was broken.
 */
import { parseArgs } from 'node:util'
import { shutdownSignal } from '../../src/lib/shutdown-signal.ts'
import { bringUp } from './env.ts'
import { faultNamed, faults } from './faults.ts'
import { createRandom } from './random.ts'
import { messageOf, runWave, type WaveResult } from './round.ts'

const help = `npm run chaos: what must not happen, while everything goes wrong

  -- --only NAME   this fault alone (may be said several times; "random" is the last wave)
  -- --runs N      runs that are under way at once (50)
  -- --seed N      for everything that is random (a new one each time; it is printed)
  -- --list        names the faults
  -- --help        this text

Takes about half an hour, on a stack of its own beside a running \`npm start\`.
`

const RANDOM = 'random'
/** Faults of the last wave. */
const AT_RANDOM = 8
const OUTAGE_MS = 60_000

const { values } = parseArgs({
  options: {
    only: { type: 'string', multiple: true },
    runs: { type: 'string', default: '50' },
    seed: { type: 'string', default: String(Date.now() % 1_000_000) },
    list: { type: 'boolean', default: false },
    help: { type: 'boolean', short: 'h', default: false },
  },
})
const say = (line: string): void => void process.stdout.write(`${line}\n`)

interface Row extends WaveResult {
  name: string
}

async function main(): Promise<Row[]> {
  const runs = wholeNumber('runs', values.runs)
  const seed = wholeNumber('seed', values.seed)
  const random = createRandom(seed)
  const wanted = values.only ?? [...faults.map(({ name }) => name), RANDOM]
  const waves = wanted.map((name) => ({
    name,
    faults: name === RANDOM ? random.some(faults, AT_RANDOM) : [faultNamed(name)],
  }))
  say(`seed ${seed}, ${runs} runs in each of ${waves.length} waves`)
  // The parts of its stack are detached from the terminal: without this they would outlive it.
  const told = shutdownSignal(() => say('the stack is being stopped already'))
  const world = await bringUp({ report: say, outageMs: OUTAGE_MS, signal: told })
  told.addEventListener('abort', () => void world.down().finally(() => process.exit(told.reason.exitCode)))
  const rows: Row[] = []
  try {
    for (const { name, faults: struck } of waves) {
      say(`\n── ${name}`)
      const row = { name, ...(await runWave(world, name, struck, { runs, random })) }
      rows.push(row)
      for (const breach of row.breaches) say(`  BROKEN: ${breach}`)
      say(`  ${row.breaches.length === 0 ? 'held' : 'NOT held'} after ${row.seconds.toFixed(0)} s`)
    }
  } finally {
    await world.down()
  }
  return rows
}

function wholeNumber(name: string, text: string): number {
  if (/^\d{1,9}$/.test(text)) return Number(text)
  throw new Error(`--${name} is "${text}": it must be a whole number`)
}

function table(rows: readonly Row[]): string {
  const line = (cells: string[]): string => cells.map((cell, at) => cell.padEnd(widths[at] ?? 0)).join('  ')
  const widths = [30, 6, 11, 8, 8]
  return [
    line(['fault', 'runs', 'containers', 'seconds', 'broken', 'measured']),
    ...rows.map(({ name, runs, containers, seconds, breaches, figures }) =>
      line([
        name,
        String(runs),
        String(containers),
        seconds.toFixed(0),
        String(breaches.length),
        figures.map(({ name: what, ms, limitMs }) => `${what}: ${ms} ms (at most ${limitMs})`).join(', '),
      ]),
    ),
  ].join('\n')
}

if (values.help) say(help)
else if (values.list) for (const { name, about } of faults) say(`${name.padEnd(30)}${about}`)
else {
  try {
    const rows = await main()
    say(`\n${table(rows)}`)
    const broken = rows.reduce((sum, { breaches }) => sum + breaches.length, 0)
    say(broken === 0 ? '\nEvery promise was kept.' : `\n${broken} promises were broken.`)
    process.exitCode = broken === 0 ? 0 : 1
  } catch (error) {
    process.stderr.write(`chaos: ${messageOf(error)}\n`)
    process.exitCode = 1
  }
}
