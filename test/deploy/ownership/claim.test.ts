import { execFile, spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { afterAll, expect, it } from 'vitest'
import { runHome } from '../../../deploy/local/layout.ts'
import { claim, claimsIn, dropClaim } from '../../../deploy/local/ownership/claim.ts'
import { isAlive } from '../../../deploy/local/processes/process-id.ts'
import { patience } from '../../../deploy/local/slowness.ts'

const run = promisify(execFile)
const home = mkdtempSync(join(tmpdir(), 'millrace-claim-'))
afterAll(() => rmSync(home, { recursive: true, force: true }))

const module = join(import.meta.dirname, '../../../deploy/local/ownership/claim.ts')
const inOtherProcess = (program: string): string[] => [
  '--disable-warning=ExperimentalWarning',
  '--input-type=module-typescript',
  '-e',
  `import { claim } from ${JSON.stringify(module)}\n${program}`,
]

it('no two processes own a folder at the same time', async () => {
  const folder = join(home, 'at-once')
  const taken = join(home, 'taken')
  // The owner creates a file that must not exist, and removes it again.
  const program = `
    import { closeSync, openSync, rmSync } from 'node:fs'
    let had = 0
    const until = performance.now() + ${patience(60_000)}
    while (had < 300 && performance.now() < until) {
      const { release } = claim(${JSON.stringify(folder)}, {})
      if (!release) {
        await new Promise((resolve) => (Math.random() < 0.5 ? setImmediate(resolve) : setTimeout(resolve, 1)))
        continue
      }
      closeSync(openSync(${JSON.stringify(taken)}, 'wx'))
      had += 1
      rmSync(${JSON.stringify(taken)})
      release()
    }
    console.log(had)
  `
  const all = Array.from({ length: 4 }, () => run(process.execPath, inOtherProcess(program)))
  const had = (await Promise.all(all)).map(({ stdout }) => Number(stdout))
  expect(had).toEqual([300, 300, 300, 300])
})

it('a killed process owns nothing, and its claim stays readable', async () => {
  const folder = join(home, 'killed')
  const program = `claim(${JSON.stringify(folder)}, { what: 'test' }); console.log('has it'); setInterval(() => {}, 1000)`
  const child = spawn(process.execPath, inOtherProcess(program))
  await once(child.stdout, 'data')
  expect(claim(folder, {})).toMatchObject({ others: [{ pid: child.pid, about: { what: 'test' } }] })
  child.kill('SIGKILL')
  await once(child, 'exit')
  const { release } = claim(folder, {})
  expect(release).toBeDefined()
  const [left] = claimsIn(folder).filter((one) => !isAlive(one))
  expect(left).toMatchObject({ pid: child.pid, about: { what: 'test' } })
  if (left) dropClaim(folder, left)
  release?.()
  expect(readdirSync(folder)).toEqual([])
})

it('a process cannot claim a folder twice, and can claim it again after the release', () => {
  const folder = join(home, 'twice')
  const { release } = claim(folder, {})
  expect(claim(folder, {})).toMatchObject({ others: [{ pid: process.pid }] })
  release?.()
  expect(claim(folder, {}).release).toBeDefined()
})

it('a released claim leaves no folder among those of the stacks', () => {
  const folder = join(runHome(), `claim-test-${process.pid}`, 'lock')
  claim(folder, {}).release?.()
  expect(existsSync(join(folder, '..'))).toBe(false)
})
