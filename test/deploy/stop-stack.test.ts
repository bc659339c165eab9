import { spawn } from 'node:child_process'
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, afterEach, beforeEach, describe, expect, it } from 'vitest'
import { removeCgroup } from '../../deploy/local/kubernetes/cgroups.ts'
import type { Layout } from '../../deploy/local/layout.ts'
import { isKept, keeperOf, own, ownerOf, requireOwn } from '../../deploy/local/ownership/owner.ts'
import { isRunning, ownId, recordProcess } from '../../deploy/local/processes/process-id.ts'
import { pidFileOf, runningComponents } from '../../deploy/local/processes/running-components.ts'
import { stopStack } from '../../deploy/local/stop-stack.ts'
import { takeStack } from '../take-stack.ts'

const { layout, release } = await takeStack('stop', { report: () => undefined })
const home = mkdtempSync(join(tmpdir(), 'millrace-stop-'))
const elsewhere: Layout = { ...layout, stateDir: join(home, 'millrace') }
afterAll(async () => {
  await release()
  rmSync(home, { recursive: true, force: true })
})

/** A process of this stack, like any component. */
function part(name: string, [command = '', ...args]: string[] = ['sleep', '600']): number {
  mkdirSync(join(layout.stateDir, 'pids'), { recursive: true })
  const child = spawn(command, args, { detached: true, stdio: 'ignore' })
  recordProcess(pidFileOf(layout.stateDir, name), child.pid ?? 0)
  return child.pid ?? 0
}

beforeEach(() => mkdirSync(layout.stateDir, { recursive: true }))
afterEach(() => stopStack(layout, { forget: true }))

describe('a stack that runs with another state folder', () => {
  it('is not stopped, and the error says where it is, how to stop it and how to start another', async () => {
    own(layout, 'detached')
    const pid = part('etcd')
    await expect(stopStack(elsewhere, { forget: true })).rejects.toThrow(
      `Stack ${layout.index} of this machine runs with another state folder, ${layout.stateDir}, and was not touched. ` +
        `\`MILLRACE_STACK=${layout.index + 1} npm start\` starts another one beside it`,
    )
    expect(isRunning(pid)).toBe(true)
    expect(() => requireOwn(elsewhere)).toThrow(/another state folder/)
  })

  it('is reported with the command that stops it, if npm start made it', () => {
    own(elsewhere)
    mkdirSync(join(elsewhere.stateDir, 'pids'), { recursive: true })
    recordProcess(pidFileOf(elsewhere.stateDir, 'etcd'), process.pid)
    try {
      expect(() => requireOwn(layout)).toThrow(`\`XDG_STATE_HOME=${home} npm run stop\` stops it`)
    } finally {
      rmSync(elsewhere.stateDir, { recursive: true, force: true })
    }
  })

  it.runIf(process.getuid?.() === 0 && existsSync('/sys/fs/cgroup'))(
    'keeps its containers, even if only those still run',
    async () => {
      own(layout, 'detached')
      const container = spawn('sleep', ['600'], { stdio: 'ignore' })
      const cgroup = cgroupOf(layout)
      mkdirSync(cgroup, { recursive: true })
      writeFileSync(join(cgroup, 'cgroup.procs'), String(container.pid))
      await expect(stopStack(elsewhere)).rejects.toThrow(/another state folder/)
      expect(isRunning(container.pid ?? 0)).toBe(true)
      renameSync(layout.stateDir, `${layout.stateDir}-gone`)
      expect(() => requireOwn(elsewhere), 'its state is lost').not.toThrow()
      renameSync(`${layout.stateDir}-gone`, layout.stateDir)
      await stopStack(layout)
      expect(isRunning(container.pid ?? 0)).toBe(false)
      removeCgroup(layout.cgroup)
    },
  )

  it('has no owner after it ended or its folder was removed', async () => {
    own(layout, 'detached')
    expect(() => requireOwn(elsewhere)).not.toThrow()
    part('etcd')
    expect(() => requireOwn(elsewhere)).toThrow()
    renameSync(layout.stateDir, `${layout.stateDir}-gone`)
    expect(() => requireOwn(elsewhere)).not.toThrow()
    renameSync(`${layout.stateDir}-gone`, layout.stateDir)
  })
})

it('a component with an unknown name is stopped too, and nothing of the stack is left', async () => {
  own(layout, 'detached')
  const pids = ['millrace-worker-b', 'kubelet', 'etcd'].map((name) => part(name))
  await stopStack(layout, { forget: true })
  expect(pids.filter(isRunning)).toEqual([])
  expect(existsSync(layout.stateDir)).toBe(false)
  expect(ownerOf(layout)).toBeUndefined()
})

it.runIf(process.getuid?.() === 0)(
  'only sockets and runtime state of its own containers are removed',
  async () => {
    const bundles = `/run/millrace-${layout.name}/containerd/io.containerd.runtime.v2.task/k8s.io`
    const sockets = '/run/containerd/s'
    const runtime = '/run/containerd/runc/k8s.io'
    // containerd 1 and 2 store the address in files with different names.
    const [old, recent, foreign] = ['a', 'b', 'c'].map((letter) => `millrace-test-${letter.repeat(50)}`)
    for (const id of [old, recent, foreign]) {
      mkdirSync(join(runtime, `${id}`), { recursive: true })
      mkdirSync(sockets, { recursive: true })
      writeFileSync(join(sockets, `${id}`), '')
    }
    for (const id of [old, recent]) mkdirSync(join(bundles, `${id}`), { recursive: true })
    writeFileSync(join(bundles, `${old}`, 'address'), `unix://${sockets}/${old}`)
    const bootstrap = { version: 3, address: `unix://${sockets}/${recent}`, protocol: 'ttrpc' }
    writeFileSync(join(bundles, `${recent}`, 'bootstrap.json'), JSON.stringify(bootstrap))
    await stopStack(layout)
    const left = [...readdirSync(sockets), ...readdirSync(runtime)].filter((id) =>
      id.startsWith('millrace-test-'),
    )
    expect(left).toEqual([foreign, foreign])
    expect(existsSync(bundles)).toBe(false)
    for (const folder of [sockets, runtime]) rmSync(join(folder, `${foreign}`), { recursive: true })
  },
)

it('a step that fails is reported, and the other steps are done', async () => {
  const pid = part('etcd')
  // A folder where a file is expected.
  mkdirSync(join(layout.stateDir, 'postgres', 'postmaster.pid', 'held'), { recursive: true })
  await expect(stopStack(layout)).rejects.toThrow(/postmaster\.pid/)
  expect(isRunning(pid)).toBe(false)
  expect(existsSync(join(layout.stateDir, 'pids'))).toBe(false)
  rmSync(join(layout.stateDir, 'postgres'), { recursive: true })
})

describe('the keeper of a stack', () => {
  it('exists while the stack is detached, or its process stays with it', () => {
    own(layout, 'detached')
    expect(isKept(layout), 'no component runs').toBe(false)
    part('etcd')
    expect(isKept(layout)).toBe(true)
    own(layout, ownId())
    expect(isKept(layout)).toBe(true)
    expect(keeperOf(layout)).toEqual(ownId())
    own(layout, { pid: 1, startTime: 'before' })
    expect(isKept(layout), 'its process was killed').toBe(false)
    own(layout)
    expect(isKept(layout), 'its start was not completed').toBe(false)
  })

  it('is ended by a stop, and stops the stack in order', async () => {
    const trace = join(layout.stateDir, 'stopped')
    const ready = join(layout.stateDir, 'ready')
    const script = `trap 'echo stopped > ${trace}; exit' TERM; echo > ${ready}; while :; do sleep 0.05; done`
    const pid = part('etcd', ['/bin/sh', '-c', script])
    await expect.poll(() => existsSync(ready)).toBe(true)
    own(layout, { pid, startTime: ownerStartTime(pid) })
    const lines: string[] = []
    await stopStack(layout, { report: (line) => void lines.push(line) })
    expect(lines[0]).toBe(`Ending process ${pid}, which stays with this stack ...`)
    expect(existsSync(trace)).toBe(true)
    expect(runningComponents(layout.stateDir)).toEqual([])
  })
})

function ownerStartTime(pid: number): string {
  const file = join(layout.stateDir, 'keeper.json')
  recordProcess(file, pid)
  return JSON.parse(readFileSync(file, 'utf8')).startTime
}

/** The first hierarchy that exists. */
function cgroupOf({ cgroup }: Layout): string {
  const root = '/sys/fs/cgroup'
  const v2 = existsSync(join(root, 'cgroup.controllers'))
  return join(v2 ? root : join(root, 'memory'), cgroup)
}
