import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { containerdVersion } from '../../../../deploy/local/kubernetes/containerd/containerd-version.ts'
import { toolFaults } from '../../../../deploy/local/preflight/tools.ts'
import { missingTools, type Places } from '../../../../deploy/local/programs/packages/container-tools.ts'
import { fakeCommands, temporaryFolder } from '../../fake-commands.ts'

const says = (version: string): string => `echo "containerd containerd.io ${version} abc"`
const nothing = 'exit 0'

/** A machine with these programs in `bin` and these CNI plugins. */
function machine(programs: Record<string, string>, plugins: string[] = []): Places {
  const folder = temporaryFolder()
  fakeCommands(join(folder, 'cni'), Object.fromEntries(plugins.map((name) => [name, nothing])))
  fakeCommands(join(folder, 'bin'), programs)
  return { path: join(folder, 'bin'), cniFolders: [join(folder, 'none'), join(folder, 'cni')] }
}

const ofDocker = {
  containerd: says('v2.1.5'),
  ctr: nothing,
  'containerd-shim-runc-v2': nothing,
  runc: nothing,
}
const ofDebian = { iptables: nothing, ip: nothing }
const packagesFor = (where: Places): string[] => missingTools(where).map(({ debianPackage }) => debianPackage)

describe('the tools that run containers', () => {
  it("are taken from Docker's packages if installed, and only missing ones are installed", () => {
    expect(packagesFor(machine({ ...ofDocker, ...ofDebian }))).toEqual(['containernetworking-plugins'])
  })

  it('are complete with the CNI plugins in any of the usual folders', () => {
    expect(packagesFor(machine({ ...ofDocker, ...ofDebian }, ['bridge', 'host-local', 'loopback']))).toEqual(
      [],
    )
  })

  it('are incomplete without one of the CNI plugins', () => {
    expect(packagesFor(machine({ ...ofDocker, ...ofDebian }, ['bridge', 'loopback']))).toHaveLength(1)
  })

  it('all come from Debian on a machine that has none', () => {
    expect(new Set(packagesFor(machine({})))).toEqual(
      new Set(['containerd', 'runc', 'iptables', 'iproute2', 'containernetworking-plugins']),
    )
  })

  it('are refused if containerd is older than Kubernetes needs', async () => {
    const { path } = machine({ containerd: says('1.4.13~ds1') })
    await expect(containerdVersion(join(path, 'containerd'))).rejects.toThrow(
      /containerd is version 1\.4, and Kubernetes needs 1\.6 or newer/,
    )
  })
})

describe('before a start', () => {
  it('missing tools are named on a system without apt, with the alternatives', async () => {
    const [fault, ...more] = await toolFaults(machine({ runc: nothing, ip: nothing }))
    expect(more).toEqual([])
    expect(fault).toMatch(
      /^These programs are missing: containerd; ctr; .*iptables; the CNI plugins bridge, /,
    )
    expect(fault).toContain('npm start -- --context NAME')
    expect(fault).toContain('docker compose up --build')
  })

  it('nothing is reported if apt can install them', async () => {
    expect(await toolFaults(machine({ 'apt-get': nothing }))).toEqual([])
  })

  it('an old containerd is reported', async () => {
    const [fault] = await toolFaults(machine({ 'apt-get': nothing, containerd: says('1.5.2') }))
    expect(fault).toContain('is version 1.5')
  })
})
