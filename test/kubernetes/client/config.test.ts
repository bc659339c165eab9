import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { delimiter, join } from 'node:path'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { loadKubeConfig } from '../../../src/kubernetes/client/config.ts'

let folder: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'millrace-kubeconfig-'))
})
afterEach(() => rmSync(folder, { recursive: true }))

function write(file: string, contexts: string[], server: string): string {
  const path = join(folder, file)
  const config = {
    'current-context': contexts[0],
    clusters: [{ name: 'c', cluster: { server, 'certificate-authority': 'ca.crt' } }],
    users: [{ name: 'u', user: { token: 'secret-token' } }],
    contexts: contexts.map((name) => ({ name, context: { cluster: 'c', user: 'u' } })),
  }
  writeFileSync(path, JSON.stringify(config))
  return path
}

it('takes the named context, not the current one', () => {
  const kubeconfig = write('a', ['prod', 'test'], 'https://a:1')
  const config = loadKubeConfig({ context: 'test', kubeconfig })
  expect(config.getCurrentContext()).toBe('test')
  expect(config.getCurrentCluster()?.caFile).toBe(join(folder, 'ca.crt'))
})

it('requires a context', () => {
  const kubeconfig = write('a', ['prod'], 'https://a:1')
  for (const context of [undefined, '']) {
    expect(() => loadKubeConfig({ context, kubeconfig })).toThrow(/MILLRACE_CONTEXT.*--context/)
  }
})

it('lists the contexts if the named one does not exist', () => {
  const kubeconfig = write('a', ['prod', 'test'], 'https://a:1')
  expect(() => loadKubeConfig({ context: 'tset', kubeconfig })).toThrow(/"tset".*prod, test/)
})

it('merges several files as kubectl does: the first entry of a name wins, and missing files are skipped', () => {
  const files = [
    join(folder, 'none'),
    write('a', ['one'], 'https://a:1'),
    write('b', ['one', 'two'], 'https://b:1'),
  ]
  const config = loadKubeConfig({ context: 'two', kubeconfig: files.join(delimiter) })
  expect(config.getCurrentCluster()?.server).toBe('https://a:1')
})

it('names a missing or unreadable file without showing its content', () => {
  const missing = join(folder, 'none')
  expect(() => loadKubeConfig({ context: 'x', kubeconfig: missing })).toThrow(missing)
  const broken = join(folder, 'broken')
  writeFileSync(broken, 'users: [{name: u, user: {token: secret-token')
  expect(() => loadKubeConfig({ context: 'x', kubeconfig: broken })).toThrow(/broken cannot be read/)
  expect(() => loadKubeConfig({ context: 'x', kubeconfig: broken })).not.toThrow(/secret-token/)
})

it('in-cluster outside of a pod reports a missing service account', () => {
  expect(() => loadKubeConfig({ context: 'in-cluster', kubeconfig: undefined })).toThrow(/service account/)
})
