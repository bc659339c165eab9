/**
 * `npm test`: type check, linter and every test, against a stack that it brings up and takes down again.
 * `npm test -- unit` does without the stack; further words are passed to vitest (file names, -t …).
 * Ends with `N passed, N failed, N skipped`, where type check and linter count as one each.
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
/** Below, nobody would notice it. */
const WORTH_TELLING = 1.5

function check(what: string, command: string, args: string[]): boolean {
  console.log(`\n── ${what}`)
  const { status } = spawnSync(command, args, { cwd: root, stdio: 'inherit' })
  return status === 0
}

function count(passed: boolean): void {
  counts[passed ? 'passed' : 'failed'] += 1
}

/** Programs and packages are brought before anything has a limit of time. */
async function bringAll(): Promise<boolean> {
  console.log('\n── what the tests need')
  const told = new AbortController()
  const stop = (signal: NodeJS.Signals): void => told.abort(new Error(`stopped by ${signal}`))
  process.on('SIGINT', stop).on('SIGTERM', stop)
  try {
    // Tests that need none of it do without its code, too.
    const { prepare } = await import('./prepare.ts')
    await prepare({ report: reportTo(process.stdout), signal: told.signal })
    console.log('Everything is there')
    return true
  } catch (error) {
    if (told.signal.aborted) process.exit(130)
    for (let at: unknown = error; at instanceof Error; at = at.cause) console.error(at.message)
    console.error('Only the tests that need none of it are run')
    return false
  } finally {
    process.off('SIGINT', stop).off('SIGTERM', stop)
  }
}

/** For vitest and everything that it starts. Whoever has set it knows better. */
async function tellSlowness(): Promise<void> {
  if (process.env.MILLRACE_SLOWNESS) return
  const slowness = slownessOf(await measure())
  process.env.MILLRACE_SLOWNESS = String(slowness)
  if (slowness > WORTH_TELLING)
    console.log(
      `\nThis machine is ${slowness} times slower at the moment than limits are made for: they are stretched`,
    )
}

/** Each project has a run of its own, so that no stack is up while tests are at work that need none. */
function runTests(project: 'unit' | 'real', words: string[]): void {
  const folder = mkdtempSync(join(tmpdir(), 'millrace-report-'))
  const report = join(folder, 'vitest.json')
  const vitest = [join(root, 'node_modules/vitest/vitest.mjs'), 'run', '--project', project]
  const reporters = ['--reporter=default', '--reporter=json', `--outputFile.json=${report}`]
  const failedBefore = counts.failed
  // The files that were named may all be of the other project.
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
  // A stack that did not come up, or an error outside of any test, fails nothing by itself.
  if (!finished && counts.failed === failedBefore) count(false)
  rmSync(folder, { recursive: true, force: true })
}

const words = process.argv.slice(2)
const files = words[0] === 'unit' ? words.slice(1) : words
count(check('type check', bin('tsc'), ['-p', '.']))
count(check('linter', bin('biome'), ['check']))
const isPrepared = needsStack(words) && (await bringAll())
await tellSlowness()
runTests('unit', files)
if (isPrepared) runTests('real', files)
else if (needsStack(words)) count(false)
console.log(`\n${counts.passed} passed, ${counts.failed} failed, ${counts.skipped} skipped`)
process.exitCode = counts.failed > 0 ? 1 : 0
