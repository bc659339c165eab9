import { spawn } from 'node:child_process'
import { mkdirSync } from 'node:fs'
import { afterAll, afterEach, beforeEach, expect, it, vi } from 'vitest'
import { layoutOf } from '../../deploy/local/layout.ts'
import { atPortsInUse, localLayout } from '../../deploy/local/local-layout.ts'
import { own } from '../../deploy/local/ownership/owner.ts'
import { recordProcess } from '../../deploy/local/processes/process-id.ts'
import { pidFileOf, pidFolder } from '../../deploy/local/processes/running-components.ts'
import { takeStack } from '../take-stack.ts'

const { layout, release } = await takeStack('ports', { report: () => undefined })
const lines: string[] = []
const say = (line: string): void => void lines.push(line)
beforeEach(() => {
  // As with `npm start`, whatever the environment of the tests is.
  for (const name of ['MILLRACE_PORT', 'MILLRACE_WORKER_PORT', 'MILLRACE_JOBS_PORT']) vi.stubEnv(name, '')
  vi.stubEnv('MILLRACE_STACK', String(layout.index))
  lines.length = 0
})
afterEach(() => vi.unstubAllEnvs())
afterAll(release)

it('ports follow the stack’s number, except those that the user sets', () => {
  const own = layoutOf('', layout.index, '').ports
  expect(localLayout().ports).toEqual(own)
  vi.stubEnv('MILLRACE_PORT', '9001')
  vi.stubEnv('MILLRACE_JOBS_PORT', '9003')
  expect(localLayout().ports).toEqual({ ...own, api: 9001, jobs: 9003 })
  vi.stubEnv('MILLRACE_STACK', '0')
  expect(localLayout().ports).toMatchObject({ api: 9001, jobs: 9003, temporal: 7233 })
})

it('an invalid port is refused', () => {
  vi.stubEnv('MILLRACE_PORT', 'http')
  expect(() => localLayout()).toThrow(/MILLRACE_PORT/)
})

it('a running stack keeps its ports, and a different port set later is reported', () => {
  const ports = { ...layout.ports, api: 9001 }
  const child = spawn('sleep', ['600'], { detached: true, stdio: 'ignore' })
  mkdirSync(pidFolder(layout.stateDir), { recursive: true })
  recordProcess(pidFileOf(layout.stateDir, 'millrace-api'), child.pid ?? 0)
  own({ ...layout, ports }, 'detached')
  expect(atPortsInUse(layout, say).ports).toEqual(ports)
  expect(lines).toEqual([])
  vi.stubEnv('MILLRACE_PORT', '9002')
  expect(atPortsInUse(layout, say).ports.api).toBe(9001)
  expect(lines).toEqual([
    'Port 9002 is set for api, which already runs on port 9001. To move it: `npm run stop`, then `npm start`',
  ])
})

it('a stack that does not run has no ports in use, whatever its record says', () => {
  own({ ...layout, ports: { ...layout.ports, api: 9001 } })
  expect(atPortsInUse(layout, say)).toEqual(layout)
})
