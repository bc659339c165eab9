import { execFileSync } from 'node:child_process'
import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { diskFaults } from '../../../deploy/local/preflight/disk-space.ts'
import { folderFaults, mountOf } from '../../../deploy/local/preflight/folders.ts'
import { capabilityFaults, cgroupFaults, hostFaults } from '../../../deploy/local/preflight/host.ts'
import { faultsOf } from '../../../deploy/local/preflight/memory.ts'
import { fakeCommands, firstOnPath, setVariable, temporaryFolder } from '../fake-commands.ts'

const isRoot = process.getuid?.() === 0

describe('system checks', () => {
  it('report a missing root user, with everything that works without root', async () => {
    firstOnPath(fakeCommands(temporaryFolder(), { id: '[ "$1" = -un ] && echo ada || echo 1000' }))
    const [fault, ...more] = await hostFaults({ kubernetes: true })
    expect(more).toEqual([])
    expect(fault).toContain('needs root, and this is user ada')
    for (const way of [
      'sudo env',
      '--context NAME',
      'TEMPORAL_ADDRESS=host:port',
      'docker compose up --build',
    ])
      expect(fault).toContain(way)
  })

  it('accept a user who is not root and has a cluster', async () => {
    firstOnPath(fakeCommands(temporaryFolder(), { id: 'echo 1000' }))
    expect(await hostFaults({ kubernetes: false })).toEqual([])
  })

  it.each([true, false])(
    'report a system other than Linux, with what works there (kubernetes: %s)',
    async (kubernetes) => {
      firstOnPath(fakeCommands(temporaryFolder(), { uname: 'echo Darwin', id: 'echo 501' }))
      const [fault, ...more] = await hostFaults({ kubernetes })
      expect(more).toEqual([])
      expect(fault).toContain('runs on Linux only, and this is macOS')
      expect(fault).toContain('docker compose up --build')
      expect(fault).toContain('npm run millrace -- install')
    },
  )
})

describe("root's rights", () => {
  it.each([
    { of: 'a whole machine', capEff: '000001ffffffffff', lacking: undefined },
    { of: 'a container of Docker', capEff: '00000000a80425fb', lacking: 'CAP_NET_ADMIN and CAP_SYS_ADMIN' },
    { of: 'a container with NET_ADMIN', capEff: '00000000a80435fb', lacking: '(CAP_SYS_ADMIN is' },
  ])('are checked: $of', ({ capEff, lacking }) => {
    const [fault] = capabilityFaults(`Name:\tnode\nCapEff:\t${capEff}\nCapBnd:\t0\n`)
    if (lacking) expect(fault).toContain(lacking)
    else expect(fault).toBeUndefined()
  })

  it('suffice if all cgroups are writable, in one hierarchy or several', () => {
    const several = temporaryFolder()
    for (const name of ['cpu', 'memory']) mkdirSync(join(several, name))
    expect(cgroupFaults(several)).toEqual([])
  })

  it('do not suffice without cgroups', () => {
    expect(cgroupFaults(temporaryFolder())[0]).toContain('No cgroups are mounted at')
  })

  it.skipIf(!isRoot)('do not suffice if cgroups are mounted read-only (needs root)', () => {
    const root = temporaryFolder()
    for (const name of ['cpu', 'memory']) mkdirSync(join(root, name))
    const script = join(import.meta.dirname, '../../../deploy/local/preflight/host.ts')
    const print = `const { cgroupFaults } = await import('${script}'); console.log(cgroupFaults('${root}')[0])`
    const fault = inMountNamespace(`mount -t tmpfs -o ro none ${root}/memory`, print)
    expect(fault).toContain(`${root}/memory cannot be written`)
    expect(fault).not.toContain(`${root}/cpu`)
  })
})

describe('folders', () => {
  it('that do not exist yet are not a fault', () => {
    setVariable('XDG_CACHE_HOME', join(temporaryFolder(), 'new'))
    expect(folderFaults({ stateDir: join(temporaryFolder(), 'new', 'deeper') })).toEqual([])
  })

  it('belong to the deepest mount above them, and to the last of several', () => {
    const line = (path: string, options: string): string =>
      `30 20 0:28 / ${path} ${options} shared:1 - ext4 disk rw`
    const mountinfo = [
      line('/', 'rw'),
      line('/home', 'rw,noexec'),
      line('/home', 'rw,nodev'),
      line('/ho', 'ro'),
    ]
    expect(mountOf('/home/ada/.cache', mountinfo.join('\n'))).toEqual({
      path: '/home',
      options: ['rw', 'nodev'],
    })
    expect(mountOf('/homework', mountinfo.join('\n'))?.path).toBe('/')
  })

  const foldersScript = join(import.meta.dirname, '../../../deploy/local/preflight/folders.ts')
  const printFaults = (folder: string): string =>
    `process.env.XDG_CACHE_HOME = '${folder}'
const { folderFaults } = await import('${foldersScript}')
console.log(folderFaults({ stateDir: '${folder}/state' }).join('\\n'))`

  it.skipIf(!isRoot)(
    'that are not writable are reported with the variable that moves them (needs root)',
    () => {
      const folder = temporaryFolder()
      const faults = inMountNamespace(`mount -t tmpfs -o ro none ${folder}`, printFaults(folder))
      expect(faults).toContain(
        `State would be stored in ${folder}/state, but this user cannot write to ${folder}`,
      )
      expect(faults).toContain('XDG_STATE_HOME=FOLDER')
      expect(faults).toContain('XDG_CACHE_HOME=FOLDER')
    },
  )

  it.skipIf(!isRoot)('of programs must not be mounted with noexec (needs root)', () => {
    const folder = temporaryFolder()
    const faults = inMountNamespace(`mount -t tmpfs -o noexec none ${folder}`, printFaults(folder))
    expect(faults).toContain(`${folder} is mounted with noexec`)
  })
})

describe('disk space and memory', () => {
  const room = (what: string, folder: string, bytes: number) => ({ what, folder, bytes })

  it('suffice for small files', async () => {
    expect(await diskFaults([room('state', temporaryFolder(), 1)])).toEqual([])
  })

  it('disk needs are summed up by disk, and reported with the remedy', async () => {
    const folder = join(temporaryFolder(), 'not/there/yet')
    const huge = 1e15
    const faults = await diskFaults([
      room('state', folder, huge),
      room('programs', folder, huge),
      room('none', '/proc', 0),
    ])
    expect(faults).toHaveLength(1)
    expect(faults[0]).toMatch(
      /^The disk has \d+\.\d GB free, and about 2000000\.0 GB is needed: 1000000\.0 GB for state/,
    )
    expect(faults[0]).toContain('npm run clean -- --caches')
    expect(faults[0]).toContain('XDG_CACHE_HOME')
  })

  it('too little memory is reported with the remedy', () => {
    expect(faultsOf('the Go compiler', 2e9, 2e9)).toEqual([])
    expect(faultsOf('the Go compiler', 2e9, 1.2e9)[0]).toMatch(
      /^1\.2 GB of memory and swap is free, but the Go compiler needs about 2\.0 GB: .*swapon/,
    )
  })
})

/** Runs a script in a mount namespace with an extra mount, and returns its output. */
function inMountNamespace(mount: string, script: string): string {
  const node = `${process.execPath} --disable-warning=ExperimentalWarning --input-type=module`
  const command = `${mount} && ${node} -e "$SCRIPT"`
  const env = { ...process.env, SCRIPT: script }
  return execFileSync('unshare', ['--mount', 'sh', '-ec', command], { encoding: 'utf8', env })
}
