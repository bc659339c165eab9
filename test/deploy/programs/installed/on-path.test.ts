import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { versions } from '../../../../deploy/local/programs/build/targets.ts'
import {
  type OnPath,
  releaseOnPath,
  temporalOnPath,
} from '../../../../deploy/local/programs/installed/on-path.ts'
import { type FakePrograms, makeFakePrograms, says } from '../../fake-programs.ts'

let machine: FakePrograms
beforeEach(() => {
  machine = makeFakePrograms()
})
afterEach(() => machine.remove())

const never = new AbortController().signal
const etcd = { about: 'etcd', version: '3.6.16', fit: 'newer-minor' } as const
const kubernetes = { about: 'Kubernetes', version: '1.34.4', fit: 'same-minor' } as const
const four = ['kube-apiserver', 'kube-controller-manager', 'kube-scheduler', 'kubelet'] as const
const because = (onPath: OnPath<unknown>): string => (onPath.kind === 'unfit' ? onPath.because : onPath.kind)

/** Puts programs on PATH that print these versions. */
function haveKubernetes(versions: Partial<Record<(typeof four)[number], string>>): void {
  for (const [name, version] of Object.entries(versions))
    machine.command(name, says(`Kubernetes v${version}`))
}

describe('a program on PATH', () => {
  it('is used if its version is compatible', async () => {
    const path = machine.command('etcd', `${says('etcd Version: 3.6.2')}\n${says('Git SHA: abc')}`)
    const onPath = await releaseOnPath(etcd, ['etcd'], never)
    expect(onPath).toEqual({ kind: 'fits', found: new Map([['etcd', path]]) })
  })

  it("is reported with both versions and not used if it is too old, like Debian's etcd", async () => {
    const path = machine.command('etcd', says('etcd Version: 3.4.23'))
    expect(because(await releaseOnPath(etcd, ['etcd'], never))).toBe(
      `Not used: ${path} is etcd 3.4.23, but 3.6 or a newer 3 is needed (ours is 3.6.16)`,
    )
  })

  it('is not used if it prints no version or fails', async () => {
    for (const script of [says('something else'), 'exit 3', 'echo "unknown flag: --version" >&2; exit 2']) {
      const path = machine.command('etcd', script)
      expect(because(await releaseOnPath(etcd, ['etcd'], never))).toBe(
        `Not used: ${path}, which does not print its version`,
      )
    }
  })

  it('is given up if it hangs', async () => {
    const path = machine.command('etcd', 'exec sleep 1000')
    expect(because(await releaseOnPath(etcd, ['etcd'], never))).toBe(
      `Not used: ${path}, which does not print its version`,
    )
  })

  it('is not waited for after an abort', async () => {
    machine.command('etcd', 'exec sleep 1000')
    const abort = new AbortController()
    const looking = releaseOnPath(etcd, ['etcd'], abort.signal)
    abort.abort(new Error('stopped'))
    await expect(looking).rejects.toThrow('stopped')
  })

  it('is not mentioned if it does not exist', async () => {
    const nobodyHasIt = ['millrace-has-no-such-program'] as never[]
    expect(await releaseOnPath(kubernetes, nobodyHasIt, never)).toEqual({ kind: 'none' })
  })
})

describe("Kubernetes' programs on PATH", () => {
  it('are used together if all exist in one compatible version', async () => {
    haveKubernetes(Object.fromEntries(four.map((name) => [name, '1.34.9'])))
    const onPath = await releaseOnPath(kubernetes, four, never)
    expect(onPath.kind === 'fits' && [...onPath.found.keys()]).toEqual(four)
  })

  it('are not used if one is of another patch version', async () => {
    haveKubernetes({ ...Object.fromEntries(four.map((name) => [name, '1.34.9'])), kubelet: '1.34.8' })
    expect(because(await releaseOnPath(kubernetes, four, never))).toMatch(
      /^Not used: .*kube-apiserver \(1\.34\.9\), .*kubelet \(1\.34\.8\)\. All of .* must be on PATH, in one version$/,
    )
  })

  it('are not used if some are missing, as with a kubelet of kubeadm', async () => {
    haveKubernetes({ kubelet: '1.34.4' })
    expect(because(await releaseOnPath(kubernetes, four, never))).toMatch(
      /^Not used: \S+kubelet \(1\.34\.4\)\. All of kube-apiserver, /,
    )
  })

  it('are not used if they are of another minor version', async () => {
    haveKubernetes(Object.fromEntries(four.map((name) => [name, '1.33.4'])))
    expect(because(await releaseOnPath(kubernetes, four, never))).toMatch(
      /is Kubernetes 1\.33\.4, but 1\.34 is needed \(ours is 1\.34\.4\)$/,
    )
  })
})

describe("Temporal's command line on PATH", () => {
  const [major, minor] = versions.temporal.split('.')
  const answer = (server: string): string => says(`temporal version 1.9.1 (Server ${server}, UI 2.54.1)`)

  it('is used if its server is of our minor version', async () => {
    const path = machine.command('temporal', answer(`${major}.${minor}.99`))
    expect(await temporalOnPath(never)).toEqual({ kind: 'fits', found: path })
  })

  it('is reported with both versions and not used if its server is of another', async () => {
    const path = machine.command('temporal', answer(`${major}.${Number(minor) - 1}.3`))
    expect(because(await temporalOnPath(never))).toBe(
      `Not used: ${path} is Temporal's server ${major}.${Number(minor) - 1}.3, but ${major}.${minor} is needed (ours is ${versions.temporal})`,
    )
  })
})
