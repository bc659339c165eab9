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
if (!isRoot) console.warn('skipped in part: only root can see and make mounts')

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

/**
 * A process that listens for device plugins, with the arguments of a kubelet; started by the command `through`, if
 * given.
 */
async function startKubelet(args: string[] = [], through: string[] = []): Promise<number> {
  const script = `require('node:net').createServer().listen(${JSON.stringify(socket)}, () => console.log('waits'))`
  const [command = '', ...rest] = [...through, process.execPath, '-e', script, '--', ...args]
  child = spawn(command, rest, { stdio: ['ignore', 'pipe', 'inherit'] })
  if (child.stdout) await once(child.stdout, 'data')
  return child.pid ?? 0
}

it('finds none if no process listens for device plugins', () => {
  expect(foreignKubelet(socket)).toBeUndefined()
})

it('names the kubelet of another cluster and the remedy', async () => {
  const pid = await startKubelet(['--root-dir=/var/lib/kubelet'])
  expect(foreignKubelet(socket)).toContain(`process ${pid} (`)
  expect(foreignKubelet(socket)).toContain('npm start -- --context NAME')
})

it('finds a kubelet whose socket another kubelet has removed', async () => {
  const pid = await startKubelet()
  rmSync(socket)
  expect(foreignKubelet(socket)).toContain(`process ${pid}`)
})

it('ignores a kubelet of our own stacks', async () => {
  const pid = await startKubelet([`--root-dir=${join(stateDir, 'kubelet')}`])
  recordProcess(pidFileOf(stateDir, 'kubelet'), pid)
  expect(foreignKubelet(socket)).toBeUndefined()
})

it('finds a kubelet in such a folder that no stack recorded', async () => {
  await startKubelet([`--root-dir=${join(stateDir, 'kubelet')}`])
  recordProcess(pidFileOf(stateDir, 'kubelet'), process.pid)
  expect(foreignKubelet(socket)).toContain('process')
})

it.skipIf(!isRoot)('ignores a kubelet in a container, whose folder only has the same name', async () => {
  const hide = `mount -t tmpfs none ${join(folder, 'device-plugins')} && exec "$@"`
  await startKubelet([], ['unshare', '--mount', 'sh', '-c', hide, 'sh'])
  expect(foreignKubelet(socket)).toBeUndefined()
})
