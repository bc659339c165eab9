import { existsSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { isHeld } from '../../../deploy/local/ownership/lock.ts'
import { versions } from '../../../deploy/local/programs/build/targets.ts'
import { findBusybox } from '../../../deploy/local/programs/packages/busybox.ts'
import { missingTools } from '../../../deploy/local/programs/packages/container-tools.ts'
import { temporalPrograms } from '../../../deploy/local/programs/program.ts'
import { patience } from '../../../deploy/local/slowness.ts'
import { type FakeMachine, makeFakeMachine, type Running } from '../fake-machine.ts'

const canTry =
  process.platform === 'linux' &&
  process.getuid?.() === 0 &&
  findBusybox() !== undefined &&
  missingTools().every(({ tool }) => !tool.startsWith('the CNI plugins'))
if (!canTry)
  console.warn('skipped: the tests of start and stop need root, the CNI plugins and a static busybox')

const poll = { timeout: patience(60_000) }
/** A Temporal that is not used before the cluster is ready. */
const onlyCluster = { TEMPORAL_ADDRESS: '127.0.0.1:1' }

let machine: FakeMachine
beforeEach(async () => {
  if (canTry) machine = await makeFakeMachine()
})
afterEach(async () => {
  if (canTry) await machine.remove()
})

const until = (line: string): Promise<void> =>
  expect.poll(() => machine.log().includes(line), poll).toBe(true) as Promise<void>

/** A start that has reached its first components, which never become ready. */
async function starting(env: Record<string, string> = {}): Promise<Running> {
  machine.clearLog()
  const start = machine.run(['start', '--no-demo'], { ...onlyCluster, ...env })
  await Promise.race([
    Promise.all([until('etcd'), until('containerd')]),
    start.ended.then(({ output }) => expect.unreachable(output)),
  ])
  return start
}

describe.skipIf(!canTry)('an aborted start', () => {
  it.each([
    ['SIGINT', 130],
    ['SIGTERM', 143],
    ['SIGHUP', 129],
  ] as const)('stops everything after %s while components start, and exits with %i', async (signal, code) => {
    const start = await starting()
    start.kill(signal)
    const ended = await start.ended
    expect(ended.code, ended.output).toBe(code)
    expect(ended.output).toMatch(/Stopping: done/)
    expect(machine.leftovers()).toEqual([])
  })

  it.each([
    ['the first', '0', ['build', 'build ended']],
    ['the second', '1', ['build', 'build', 'build ended']],
  ])(
    'starts no other build after an abort during %s of two, and ends when that one has ended',
    async (_, done, expected) => {
      for (const name of [...temporalPrograms, 'temporal', 'etcd']) machine.command(name, 'exit 3')
      machine.command(
        'go',
        `case "$1" in
        env|version) echo go1.99.0 ;;
        build)
          built=$(grep -c build "$LOG")
          echo build >>"$LOG"
          while [ $# -gt 0 ]; do [ "$1" = -o ] && file=$2; shift; done
          [ "$built" -lt ${done} ] && { printf '#!/bin/sh\n' >"$file"; chmod +x "$file"; exit 0; }
          trap 'sleep 0.3; echo build ended >>"$LOG"; exit 1' INT TERM
          while :; do sleep 0.05; done ;;
      esac`,
      )
      const start = machine.run(['start', '--no-demo'])
      const builds = expected.length - 1
      await Promise.race([
        expect.poll(() => machine.log().length, poll).toBe(builds),
        start.ended.then(({ output }) => expect.unreachable(output)),
      ])
      start.kill('SIGTERM')
      const ended = await start.ended
      expect(ended.code, ended.output).toBe(143)
      expect(machine.log()).toEqual(expected)
      expect(machine.leftovers()).toEqual([])
    },
  )

  it('reports a second signal and does not interrupt the stop', async () => {
    machine.command(
      'etcd',
      `[ "$1" = --version ] && { echo 'etcd Version: ${versions.etcd}'; exit; }
      trap 'sleep 1; exit' TERM; echo etcd >>"$LOG"; while :; do sleep 0.05; done`,
    )
    const start = await starting()
    start.kill('SIGINT')
    await expect.poll(() => start.output(), poll).toContain('Stopping ...')
    start.kill('SIGINT')
    const ended = await start.ended
    expect(ended.output).toContain('Already stopping')
    expect(ended.code).toBe(130)
    expect(machine.leftovers()).toEqual([])
  })
})

describe.skipIf(!canTry)('while another start runs', () => {
  it("a start fails with the other one's pid and changes nothing", async () => {
    const first = await starting()
    const before = machine.leftovers()
    const second = await machine.run(['start'], onlyCluster).ended
    expect(second.code).toBe(1)
    expect(second.output).toContain(`Process ${first.pid} is already starting this stack`)
    expect(second.output).not.toContain('Stopping')
    expect(machine.leftovers()).toEqual(before)
    first.kill('SIGTERM')
    expect((await first.ended).code).toBe(143)
  })

  it('a stop ends the start in order and says so', async () => {
    const first = await starting()
    const stop = await machine.run(['stop']).ended
    expect(stop.code, stop.output).toBe(0)
    expect(stop.output).toContain(`Ending process ${first.pid}, which is starting stack`)
    const ended = await first.ended
    expect(ended.code).toBe(143)
    expect(ended.output).toMatch(/Stopping: done/)
    expect(machine.leftovers()).toEqual([])
  })

  it('a start or stop with another HOME changes nothing and says where the stack is', async () => {
    const first = await starting()
    const before = machine.leftovers()
    const home = mkdtempSync(join(tmpdir(), 'millrace-home-'))
    for (const command of ['start', 'stop']) {
      const other = await machine.run([command], { ...onlyCluster, HOME: home, XDG_STATE_HOME: '' }).ended
      expect(other.code, other.output).toBe(1)
      expect(other.output).toContain(`with another state folder, ${machine.layout.stateDir}`)
      expect(other.output).toContain('MILLRACE_STACK=')
    }
    expect(existsSync(join(home, '.local'))).toBe(false)
    rmSync(home, { recursive: true, force: true })
    expect(machine.leftovers()).toEqual(before)
    first.kill('SIGTERM')
    await first.ended
  })
})

describe.skipIf(!canTry)('a failing start', () => {
  it('reports the reason and stops what it had started', async () => {
    machine.command(
      'etcd',
      `[ "$1" = --version ] && { echo 'etcd Version: ${versions.etcd}'; exit; }
      echo 'the disk is full'; exit 1`,
    )
    const { code, output } = await machine.run(['start'], onlyCluster).ended
    expect(code).toBe(1)
    expect(output).toMatch(
      /millrace start: Error: etcd ended while it was starting\.\n.*\nthe disk is full\n$/,
    )
    expect(machine.leftovers()).toEqual([])
  })

  it('reports the reason first if the cleanup fails too, and then what could not be removed', async () => {
    // A folder where the cleanup expects a file.
    const file = join(machine.layout.stateDir, 'postgres', 'postmaster.pid')
    machine.command(
      'etcd',
      `[ "$1" = --version ] && { echo 'etcd Version: ${versions.etcd}'; exit; }
      mkdir -p ${file}/held; echo 'the disk is full'; exit 1`,
    )
    const { code, output } = await machine.run(['start'], onlyCluster).ended
    expect(code).toBe(1)
    expect(output).toMatch(
      /etcd ended while it was starting\.[\s\S]*the disk is full\nThe cleanup failed too: .*postmaster\.pid/,
    )
    rmSync(join(machine.layout.stateDir, 'postgres'), { recursive: true })
  })

  it('does not block the next start, even when it was killed', async () => {
    const first = await starting()
    first.kill('SIGKILL')
    await first.ended
    expect(machine.leftovers()).not.toEqual([])
    const second = machine.run(['start'], onlyCluster)
    await expect.poll(() => isHeld(machine.layout), poll).toBe(true)
    second.kill('SIGTERM')
    expect((await second.ended).code).toBe(143)
    expect(machine.leftovers()).toEqual([])
  })
})
