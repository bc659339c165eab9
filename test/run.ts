/**
 * `npm test`: type check, linter and every test, against a stack that it brings up and takes down again.
 * `npm test -- unit` does without the stack; further words are passed to vitest (file names, -t …).
 * Ends with `N passed, N failed, N skipped`, where type check and linter count as one each.
 */
import { spawnSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

const root = join(import.meta.dirname, '..')
const bin = (name: string): string => join(root, 'node_modules/.bin', name)
const folder = mkdtempSync(join(tmpdir(), 'millrace-report-'))
const report = join(folder, 'vitest.json')
const counts = { passed: 0, failed: 0, skipped: 0 }

function check(what: string, command: string, args: string[]): boolean {
  console.log(`\n── ${what}`)
  const { status } = spawnSync(command, args, { cwd: root, stdio: 'inherit' })
  return status === 0
}

function count(passed: boolean): void {
  counts[passed ? 'passed' : 'failed'] += 1
}

const [first, ...rest] = process.argv.slice(2)
const projects = first === 'unit' ? ['--project', 'unit', ...rest] : process.argv.slice(2)

count(check('type check', bin('tsc'), ['-p', '.']))
count(check('linter', bin('biome'), ['check']))
const vitest = [join(root, 'node_modules/vitest/vitest.mjs'), 'run', ...projects]
const reporters = ['--reporter=default', '--reporter=json', `--outputFile.json=${report}`]
const finished = check('tests', process.execPath, [...vitest, ...reporters])
try {
  const result = JSON.parse(readFileSync(report, 'utf8'))
  counts.passed += result.numPassedTests
  counts.failed += result.numFailedTests
  counts.skipped += result.numPendingTests + result.numTodoTests
} catch {
  console.error('vitest ended without a report')
}
// A stack that did not come up, or an error outside of any test, fails nothing by itself.
if (!finished && counts.failed === 0) counts.failed = 1
rmSync(folder, { recursive: true, force: true })
console.log(`\n${counts.passed} passed, ${counts.failed} failed, ${counts.skipped} skipped`)
process.exitCode = counts.failed > 0 ? 1 : 0
