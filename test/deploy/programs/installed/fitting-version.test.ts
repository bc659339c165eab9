import { describe, expect, it } from 'vitest'
import {
  type Fit,
  fits,
  serverVersionIn,
  versionIn,
  whatFits,
} from '../../../../deploy/local/programs/installed/fitting-version.ts'

describe('the version that a program prints', () => {
  it.each([
    ['Kubernetes v1.34.4\n', '1.34.4'],
    ['Kubernetes v1.34.4+k3s1\n', '1.34.4'],
    ['etcd Version: 3.6.16\nGit SHA: 1d7a2c9\nGo Version: go1.26.8\nGo OS/Arch: linux/amd64\n', '3.6.16'],
    ['etcd Version: 3.4.23\nGit SHA: Not provided\nGo Version: go1.19.8\n', '3.4.23'],
    ['kwok version v0.8.0 go1.26.0 (linux/amd64)\n', '0.8.0'],
    ['temporal version 1.32.1\n', '1.32.1'],
    ['Temporal UI version 2.52.0\n', '2.52.0'],
    ['kwok version unknown go1.26.0 (linux/amd64)\n', undefined],
    ['Usage: something else 1.2.3\n', undefined],
    ['', undefined],
  ])('%j is %s', (answer, version) => expect(versionIn(answer)).toBe(version))

  it.each([
    ['temporal version 1.9.1 (Server 1.32.0, UI 2.54.1)\n', '1.32.0'],
    ['temporal version 0.0.0-DEV (Server 1.29.1, UI 2.42.1)\n', '1.29.1'],
    ['tctl version 1.18.1\n', undefined],
  ])("the server in Temporal's command line: %j is %s", (answer, version) => {
    expect(serverVersionIn(answer)).toBe(version)
  })
})

describe('a compatible version', () => {
  it.each<[version: string, ours: string, fit: Fit, does: boolean]>([
    ['1.34.4', '1.34.4', 'same-minor', true],
    ['1.34.11', '1.34.4', 'same-minor', true],
    ['1.33.9', '1.34.4', 'same-minor', false],
    ['1.35.0', '1.34.4', 'same-minor', false],
    ['2.34.4', '1.34.4', 'same-minor', false],
    ['3.6.0', '3.6.16', 'newer-minor', true],
    ['3.7.1', '3.6.16', 'newer-minor', true],
    ['3.10.0', '3.6.16', 'newer-minor', true],
    ['3.5.29', '3.6.16', 'newer-minor', false],
    ['3.4.23', '3.6.16', 'newer-minor', false],
    ['4.0.0', '3.6.16', 'newer-minor', false],
  ])('%s beside our %s, allowing %s: %s', (version, ours, fit, does) => {
    expect(fits(version, ours, fit)).toBe(does)
  })

  it('is described for users', () => {
    expect(whatFits('1.34.4', 'same-minor')).toBe('1.34')
    expect(whatFits('3.6.16', 'newer-minor')).toBe('3.6 or a newer 3')
  })
})
