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
  console.warn(
    'skipped: starting and stopping is tried as root, where the CNI plugins and a static busybox are',
  )

const poll = { timeout: patience(60_000) }
/** A Temporal that nobody asks before the cluster is up. */
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

/** A start that has come to its first parts, which are never ready. */
async function starting(env: Record<string, string> = {}): Promise<Running> {
  machine.forgetLog()
  const start = machine.run(['start', '--no-demo'], { ...onlyCluster, ...env })
  await Promise.race([
    Promise.all([until('etcd'), until('containerd')]),
    start.ended.then(({ output }) => expect.unreachable(output)),
  ])
  return start
}

describe.skipIf(!canTry)('a start that is told to end', () => {
  it.each([
    ['SIGINT', 130],
    ['SIGTERM', 143],
    ['SIGHUP', 129],
  ] as const)(
    'by %s while parts start stops them, leaves nothing, and ends with %i',
    async (signal, code) => {
      const start = await starting()
      start.tell(signal)
      const ended = await start.ended
      expect(ended.code, ended.output).toBe(code)
      expect(ended.output).toMatch(/Stopping: done/)
      expect(machine.traces()).toEqual([])
    },
  )

  it.each([
    ['the first', '0', ['build', 'build ended']],
    ['the second', '1', ['build', 'build', 'build ended']],
  ])(
    'during %s of two builds begins no other, and ends when that one has ended',
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
      start.tell('SIGTERM')
      const ended = await start.ended
      expect(ended.code, ended.output).toBe(143)
      expect(machine.log()).toEqual(expected)
      expect(machine.traces()).toEqual([])
    },
  )

  it('a second time says that it is at it, and cuts nothing off', async () => {
    machine.command(
      'etcd',
      `[ "$1" = --version ] && { echo 'etcd Version: ${versions.etcd}'; exit; }
      trap 'sleep 1; exit' TERM; echo etcd >>"$LOG"; while :; do sleep 0.05; done`,
    )
    const start = await starting()
    start.tell('SIGINT')
    await expect.poll(() => start.output(), poll).toContain('Stopping ...')
    start.tell('SIGINT')
    const ended = await start.ended
    expect(ended.output).toContain('It is ending already')
    expect(ended.code).toBe(130)
    expect(machine.traces()).toEqual([])
  })
})

describe.skipIf(!canTry)('beside a start that is under way', () => {
  it('another start says so, touches nothing, and the first goes on', async () => {
    const first = await starting()
    const before = machine.traces()
    const second = await machine.run(['start'], onlyCluster).ended
    expect(second.code).toBe(1)
    expect(second.output).toContain(`Process ${first.pid} is starting this stack at the moment`)
    expect(second.output).not.toContain('Stopping')
    expect(machine.traces()).toEqual(before)
    first.tell('SIGTERM')
    expect((await first.ended).code).toBe(143)
  })

  it('a stop ends it in order and says so', async () => {
    const first = await starting()
    const stop = await machine.run(['stop']).ended
    expect(stop.code, stop.output).toBe(0)
    expect(stop.output).toContain(`Ending process ${first.pid}, which is starting stack`)
    const ended = await first.ended
    expect(ended.code).toBe(143)
    expect(ended.output).toMatch(/Stopping: done/)
    expect(machine.traces()).toEqual([])
  })

  it('a start or stop with another HOME touches nothing, and says where the stack is', async () => {
    const first = await starting()
    const before = machine.traces()
    const home = mkdtempSync(join(tmpdir(), 'millrace-home-'))
    for (const command of ['start', 'stop']) {
      const other = await machine.run([command], { ...onlyCluster, HOME: home, XDG_STATE_HOME: '' }).ended
      expect(other.code, other.output).toBe(1)
      expect(other.output).toContain(`with another state folder, ${machine.layout.stateDir}`)
      expect(other.output).toContain('MILLRACE_STACK=')
    }
    expect(existsSync(join(home, '.local'))).toBe(false)
    rmSync(home, { recursive: true, force: true })
    expect(machine.traces()).toEqual(before)
    first.tell('SIGTERM')
    await first.ended
  })
})

describe.skipIf(!canTry)('a start that fails', () => {
  it('says why, and stops what it had started', async () => {
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
    expect(machine.traces()).toEqual([])
  })

  it('says that first also where the clean-up fails too, and then what could not be cleared away', async () => {
    // A folder where the clean-up expects a file.
    const file = join(machine.layout.stateDir, 'postgres', 'postmaster.pid')
    machine.command(
      'etcd',
      `[ "$1" = --version ] && { echo 'etcd Version: ${versions.etcd}'; exit; }
      mkdir -p ${file}/held; echo 'the disk is full'; exit 1`,
    )
    const { code, output } = await machine.run(['start'], onlyCluster).ended
    expect(code).toBe(1)
    expect(output).toMatch(
      /etcd ended while it was starting\.[\s\S]*the disk is full\nAfter that not everything could be cleaned up: .*postmaster\.pid/,
    )
    rmSync(join(machine.layout.stateDir, 'postgres'), { recursive: true })
  })

  it('is not in the way of the next, whatever a killed one has left', async () => {
    const first = await starting()
    first.tell('SIGKILL')
    await first.ended
    expect(machine.traces()).not.toEqual([])
    const second = machine.run(['start'], onlyCluster)
    await expect.poll(() => isHeld(machine.layout), poll).toBe(true)
    second.tell('SIGTERM')
    expect((await second.ended).code).toBe(143)
    expect(machine.traces()).toEqual([])
  })
})
