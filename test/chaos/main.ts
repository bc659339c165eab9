/**
 * `npm run chaos`: the whole suite. Each fault is injected into a load of its own; then some faults, chosen at random by
 * the seed, are injected into one load. Prints a table, and exits with 1 if a check failed.
 */
import { parseArgs } from 'node:util'
import { shutdownSignal } from '../../src/lib/shutdown-signal.ts'
import { bringUp } from './env.ts'
import { faultNamed, faults } from './faults.ts'
import { createRandom } from './random.ts'
import { messageOf, type RoundResult, runRound } from './round.ts'

const help = `npm run chaos: injects faults into open runs, and checks that every run still ends as its plan says

  -- --only NAME   only this fault (repeatable; "random" is the last round)
  -- --runs N      open runs per round (50)
  -- --seed N      seed for every random choice (new each time; it is printed)
  -- --list        lists the faults
  -- --help        prints this text

Takes about half an hour, on a stack of its own beside a running \`npm start\`.
`

const RANDOM = 'random'
/** Number of faults in the last round. */
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

interface Row extends RoundResult {
  name: string
}

async function main(): Promise<Row[]> {
  const runs = wholeNumber('runs', values.runs)
  const seed = wholeNumber('seed', values.seed)
  const random = createRandom(seed)
  const wanted = values.only ?? [...faults.map(({ name }) => name), RANDOM]
  const rounds = wanted.map((name) => ({
    name,
    faults: name === RANDOM ? random.some(faults, AT_RANDOM) : [faultNamed(name)],
  }))
  say(`seed ${seed}, ${runs} runs in each of ${rounds.length} rounds`)
  // The processes of the stack are detached from the terminal: without this they would outlive it.
  const shutdown = shutdownSignal(() => say('the stack is already being stopped'))
  const env = await bringUp({ report: say, outageMs: OUTAGE_MS, signal: shutdown })
  shutdown.addEventListener(
    'abort',
    () => void env.down().finally(() => process.exit(shutdown.reason.exitCode)),
  )
  const rows: Row[] = []
  try {
    for (const { name, faults: injected } of rounds) {
      say(`\n── ${name}`)
      const row = { name, ...(await runRound(env, name, injected, { runs, random })) }
      rows.push(row)
      for (const violation of row.violations) say(`  VIOLATION: ${violation}`)
      say(`  ${row.violations.length === 0 ? 'passed' : 'FAILED'} after ${row.seconds.toFixed(0)} s`)
    }
  } finally {
    await env.down()
  }
  return rows
}

function wholeNumber(name: string, text: string): number {
  if (/^\d{1,9}$/.test(text)) return Number(text)
  throw new Error(`--${name} is "${text}": it must be a whole number`)
}

function table(rows: readonly Row[]): string {
  const line = (cells: string[]): string => cells.map((cell, at) => cell.padEnd(widths[at] ?? 0)).join('  ')
  const widths = [30, 6, 11, 8, 11]
  return [
    line(['fault', 'runs', 'containers', 'seconds', 'violations', 'measured']),
    ...rows.map(({ name, runs, containers, seconds, violations, figures }) =>
      line([
        name,
        String(runs),
        String(containers),
        seconds.toFixed(0),
        String(violations.length),
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
    const count = rows.reduce((sum, { violations }) => sum + violations.length, 0)
    say(count === 0 ? '\nEvery check passed.' : `\n${count} violations.`)
    process.exitCode = count === 0 ? 0 : 1
  } catch (error) {
    process.stderr.write(`chaos: ${messageOf(error)}\n`)
    process.exitCode = 1
  }
}
