import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { foreignKubelet } from '../../../deploy/local/kubernetes/foreign-kubelet.ts'
import { recordProcess } from '../../../deploy/local/processes/process-id.ts'
import { pidFileOf, pidFolder } from '../../../deploy/local/processes/running-components.ts'

const isRoot = process.getuid?.() === 0
if (!isRoot) console.warn('skipped in part: only root sees and makes mounts')

let folder: string
let socket: string
let stateDir: string
let child: ChildProcess | undefined

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'millrace-kubelet-'))
  mkdirSync(join(folder, 'device-plugins'))
  socket = join(folder, 'device-plugins', 'kubelet.sock')
  stateDir = join(folder, 'state')
  mkdirSync(pidFolder(stateDir), { recursive: true })
})
afterEach(async () => {
  if (child?.kill('SIGKILL')) await once(child, 'exit')
  child = undefined
  rmSync(folder, { recursive: true })
})

/** A process that waits for device plugins, with the arguments of a kubelet; started by `through`, if that is given. */
async function startKubelet(args: string[] = [], through: string[] = []): Promise<number> {
  const script = `require('node:net').createServer().listen(${JSON.stringify(socket)}, () => console.log('waits'))`
  const [command = '', ...rest] = [...through, process.execPath, '-e', script, '--', ...args]
  child = spawn(command, rest, { stdio: ['ignore', 'pipe', 'inherit'] })
  if (child.stdout) await once(child.stdout, 'data')
  return child.pid ?? 0
}

it('there is none where nobody waits for device plugins', () => {
  expect(foreignKubelet(socket)).toBeUndefined()
})

it('one of another cluster is named, with what to do', async () => {
  const pid = await startKubelet(['--root-dir=/var/lib/kubelet'])
  expect(foreignKubelet(socket)).toContain(`process ${pid} (`)
  expect(foreignKubelet(socket)).toContain('npm start -- --context NAME')
})

it('one is found even after another kubelet has removed its socket', async () => {
  const pid = await startKubelet()
  rmSync(socket)
  expect(foreignKubelet(socket)).toContain(`process ${pid}`)
})

it('one of a stack of ours is none of another cluster', async () => {
  const pid = await startKubelet([`--root-dir=${join(stateDir, 'kubelet')}`])
  recordProcess(pidFileOf(stateDir, 'kubelet'), pid)
  expect(foreignKubelet(socket)).toBeUndefined()
})

it('one in such a folder that no stack knows is', async () => {
  await startKubelet([`--root-dir=${join(stateDir, 'kubelet')}`])
  recordProcess(pidFileOf(stateDir, 'kubelet'), process.pid)
  expect(foreignKubelet(socket)).toContain('process')
})

it.skipIf(!isRoot)(
  'one in a container, whose folder only has the same name, is in the way of nobody',
  async () => {
    const hide = `mount -t tmpfs none ${join(folder, 'device-plugins')} && exec "$@"`
    await startKubelet([], ['unshare', '--mount', 'sh', '-c', hide, 'sh'])
    expect(foreignKubelet(socket)).toBeUndefined()
  },
)
