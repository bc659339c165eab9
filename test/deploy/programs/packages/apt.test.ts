import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { complaints, listsAreOld, lockHolder } from '../../../../deploy/local/programs/packages/apt-output.ts'
import { installPackages } from '../../../../deploy/local/programs/packages/install-packages.ts'
import { until } from '../../../until.ts'
import { fakeCommands, firstOnPath, setVariable, temporaryFolder } from '../../fake-commands.ts'

const LOCKED = `E: Could not get lock /var/lib/dpkg/lock-frontend. It is held by process 812 (unattended-upgr)
E: Unable to acquire the dpkg frontend lock (/var/lib/dpkg/lock-frontend), is another process using it?`

describe('the output of apt-get', () => {
  it.each([
    [LOCKED, 'process 812 (unattended-upgr)'],
    ['E: Could not get lock /var/lib/apt/lists/lock. It is held by process 7', 'process 7'],
    [
      'E: Could not get lock /var/cache/apt/archives/lock - open (11: Resource temporarily unavailable)',
      'another process',
    ],
    ['E: Could not open lock file /var/lib/dpkg/lock-frontend - open (13: Permission denied)', undefined],
    ['E: Unable to locate package runc', undefined],
  ])('names the holder of the lock: %s', (output, holder) => {
    expect(lockHolder(output)).toBe(holder)
  })

  it.each([
    ['E: Unable to locate package runc', true],
    ["E: Package 'runc' has no installation candidate", true],
    ['E: Failed to fetch http://mirror/runc_1.deb  404  Not Found [IP: 10.0.0.1 80]', true],
    ["E: Failed to fetch http://mirror/runc_1.deb  Temporary failure resolving 'mirror'", false],
    ['E: Packages need to be removed but remove is disabled.', false],
    ['E: You don’t have enough free space in /var/cache/apt/archives/.', false],
  ])('shows whether the package lists are old: %s', (output, old) => {
    expect(listsAreOld(output)).toBe(old)
  })

  it('is reduced to its errors', () => {
    expect(complaints('Reading package lists...\nE: one \nE: two\n')).toBe('one two')
  })
})

const isRoot = process.getuid?.() === 0
describe.skipIf(!isRoot)('installing Debian packages (needs root)', () => {
  it('downloads first, then installs, and removes nothing', async () => {
    const apt = aptGet('')
    await installPackages(['runc', 'iptables'], { report: apt.report })
    const [download, install, ...rest] = apt.calls()
    expect(download).toMatch(/^install .*--no-remove .*--download-only runc iptables$/)
    expect(install).toMatch(/^install .*--no-remove .* runc iptables$/)
    expect(install).not.toContain('--download-only')
    expect(rest).toEqual([])
  })

  it('waits while another process holds a lock, names it, and continues', async () => {
    const apt = aptGet(`[ ! -e locked ] || { echo '${LOCKED}' >&2; exit 100; }`)
    writeFileSync(join(apt.folder, 'locked'), '')
    await installPackages(['runc'], {
      report(line) {
        apt.report(line)
        if (line.startsWith('Waiting')) rmSync(join(apt.folder, 'locked'))
      },
    })
    expect(apt.lines).toContain(
      'Waiting for process 812 (unattended-upgr), which holds a lock of apt-get. Ctrl-C stops waiting',
    )
    expect(apt.calls().filter((call) => call.includes('--download-only'))).toHaveLength(2)
  })

  it('stops waiting for a lock on abort', async () => {
    const apt = aptGet(`echo '${LOCKED}' >&2; exit 100`)
    const controller = new AbortController()
    const installed = installPackages(['runc'], {
      signal: controller.signal,
      report: (line) => line.startsWith('Waiting') && controller.abort(new Error('stopped')),
    })
    await expect(installed).rejects.toThrow('stopped')
    expect(apt.calls()).toHaveLength(1)
  })

  it('updates old package lists once and tries again', async () => {
    const apt = aptGet(`case "$*" in update*) touch fresh ;; esac
[ -e fresh ] || { echo 'E: Unable to locate package runc' >&2; exit 100; }`)
    await installPackages(['runc'], { report: apt.report })
    expect(apt.calls().map((call) => call.split(' ')[0])).toEqual(['install', 'update', 'install', 'install'])
  })

  it.each([
    [
      'E: Failed to fetch http://mirror/runc.deb  Connection failed',
      /apt-get install runc failed: Failed to fetch/,
    ],
    [
      'E: Packages need to be removed but remove is disabled.',
      /would remove installed packages, so nothing was changed/,
    ],
    ["E: dpkg was interrupted, you must manually run 'dpkg --configure -a'", /run 'dpkg --configure -a'/],
  ])('reports other errors once: %s', async (complaint, message) => {
    const apt = aptGet(`echo "${complaint}" >&2; exit 100`)
    await expect(installPackages(['runc'], { report: apt.report })).rejects.toThrow(message)
    expect(apt.calls()).toHaveLength(1)
  })

  it('ends a download on abort: one signal, awaited, and no retry', async () => {
    const apt = aptGet(`trap 'echo interrupted >> signals; sleep 0.2; touch ended; exit 130' INT TERM HUP
touch begun
while :; do sleep 0.05; done`)
    const controller = new AbortController()
    const installed = installPackages(['runc'], { report: apt.report, signal: controller.signal })
    installed.catch(() => undefined)
    await until('the download', () => apt.has('begun'))
    controller.abort(new Error('stopped'))
    await expect(installed).rejects.toThrow('stopped')
    expect(apt.has('ended')).toBe(true)
    expect(apt.read('signals')).toBe('interrupted\n')
    expect(apt.calls()).toHaveLength(1)
  })

  it('lets dpkg finish on abort, and installs nothing after that', async () => {
    const apt = aptGet(`case "$*" in *--download-only*) exit 0 ;; esac
trap 'echo interrupted >> signals' INT TERM HUP
touch begun
while [ ! -e finish ]; do sleep 0.05; done
touch ended`)
    const controller = new AbortController()
    let settled = false
    const installed = installPackages(['runc'], { report: apt.report, signal: controller.signal }).finally(
      () => {
        settled = true
      },
    )
    installed.catch(() => undefined)
    await until('dpkg', () => apt.has('begun'))
    controller.abort(new Error('stopped'))
    await until('a word', () => apt.lines.some((line) => line.startsWith('Stopping when dpkg has finished')))
    expect(settled).toBe(false)
    writeFileSync(join(apt.folder, 'finish'), '')
    await expect(installed).rejects.toThrow('stopped')
    expect(apt.has('ended')).toBe(true)
    expect(apt.has('signals')).toBe(false)
  })

  it('keeps apt out of the terminal’s process group, where Ctrl-C would interrupt dpkg', async () => {
    const apt = aptGet('cut -d" " -f1,5 /proc/$$/stat >> groups')
    await installPackages(['runc'], { report: apt.report })
    const [pid, group] = apt.read('groups').split('\n')[0]?.split(' ') ?? []
    expect(group).toBe(pid)
  })
})

/** A fake apt-get that logs its calls and then runs the script. */
function aptGet(script: string) {
  setVariable('MILLRACE_PROGRAMS', '')
  const folder = temporaryFolder()
  firstOnPath(fakeCommands(join(folder, 'bin'), { 'apt-get': `cd ${folder}\necho "$@" >> calls\n${script}` }))
  const read = (name: string): string => readFileSync(join(folder, name), 'utf8')
  const lines: string[] = []
  return {
    folder,
    lines,
    read,
    report: (line: string): void => void lines.push(line),
    has: (name: string): boolean => existsSync(join(folder, name)),
    calls: (): string[] => read('calls').trimEnd().split('\n'),
  }
}
