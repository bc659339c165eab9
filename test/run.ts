/**
 * `npm test`: type check, linter and every test, against a stack that it starts and stops.
 * `npm test -- unit` runs the tests without a stack. Further arguments are passed to vitest (file names, -t …).
 * The last line is `N passed, N failed, N skipped`; type check and linter count as one each.
 */
import { spawnSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { reportTo } from '../deploy/local/report.ts'
import { needsStack } from './needs-stack.ts'
import { measure, slownessOf } from './slow-machine.ts'

const root = join(import.meta.dirname, '..')
const bin = (name: string): string => join(root, 'node_modules/.bin', name)
const counts = { passed: 0, failed: 0, skipped: 0 }
/** Below this, a slow machine is not worth a message. */
const WORTH_A_MESSAGE = 1.5

function check(what: string, command: string, args: string[]): boolean {
  console.log(`\n── ${what}`)
  const { status } = spawnSync(command, args, { cwd: root, stdio: 'inherit' })
  return status === 0
}

function count(passed: boolean): void {
  counts[passed ? 'passed' : 'failed'] += 1
}

/** Brings programs and packages, before anything has a time limit. */
async function prepareMachine(): Promise<boolean> {
  console.log('\n── preparing the machine')
  const interruption = new AbortController()
  const stop = (signal: NodeJS.Signals): void => interruption.abort(new Error(`stopped by ${signal}`))
  process.on('SIGINT', stop).on('SIGTERM', stop)
  try {
    // Unit tests do not load this code.
    const { prepare } = await import('./prepare.ts')
    await prepare({ report: reportTo(process.stdout), signal: interruption.signal })
    console.log('Everything is ready')
    return true
  } catch (error) {
    if (interruption.signal.aborted) process.exit(130)
    for (let at: unknown = error; at instanceof Error; at = at.cause) console.error(at.message)
    console.error('Only the tests without a stack are run')
    return false
  } finally {
    process.off('SIGINT', stop).off('SIGTERM', stop)
  }
}

/** Sets the slowness of this machine for vitest and its children, unless it is already set. */
async function setSlowness(): Promise<void> {
  if (process.env.MILLRACE_SLOWNESS) return
  const slowness = slownessOf(await measure())
  process.env.MILLRACE_SLOWNESS = String(slowness)
  if (slowness > WORTH_A_MESSAGE)
    console.log(
      `\nThis machine is ${slowness} times slower than the reference machine at the moment: all limits are stretched`,
    )
}

/** Each project runs by itself, so that no stack is running during the unit tests. */
function runTests(project: 'unit' | 'real', words: string[]): void {
  const folder = mkdtempSync(join(tmpdir(), 'millrace-report-'))
  const report = join(folder, 'vitest.json')
  const vitest = [join(root, 'node_modules/vitest/vitest.mjs'), 'run', '--project', project]
  const reporters = ['--reporter=default', '--reporter=json', `--outputFile.json=${report}`]
  const failedBefore = counts.failed
  // All named files may be in the other project.
  const finished = check(`tests: ${project}`, process.execPath, [
    ...vitest,
    '--passWithNoTests',
    ...reporters,
    ...words,
  ])
  try {
    const result = JSON.parse(readFileSync(report, 'utf8'))
    counts.passed += result.numPassedTests
    counts.failed += result.numFailedTests
    counts.skipped += result.numPendingTests + result.numTodoTests
  } catch {
    console.error('vitest ended without a report')
  }
  // A stack that did not start, or an error outside of tests, is not in the report.
  if (!finished && counts.failed === failedBefore) count(false)
  rmSync(folder, { recursive: true, force: true })
}

const words = process.argv.slice(2)
const files = words[0] === 'unit' ? words.slice(1) : words
count(check('type check', bin('tsc'), ['-p', '.']))
count(check('linter', bin('biome'), ['check']))
const isPrepared = needsStack(words) && (await prepareMachine())
await setSlowness()
runTests('unit', files)
if (isPrepared) runTests('real', files)
else if (needsStack(words)) count(false)
console.log(`\n${counts.passed} passed, ${counts.failed} failed, ${counts.skipped} skipped`)
process.exitCode = counts.failed > 0 ? 1 : 0
