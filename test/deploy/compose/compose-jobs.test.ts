import { spawnSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { patience } from '../../../deploy/local/slowness.ts'
import { loadKubeConfig } from '../../../src/kubernetes/client/config.ts'
import { readComposeFile, serviceOf } from './compose-file.ts'

const compose = readComposeFile()
let dir = ''
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'millrace-compose-'))
  mkdirSync(join(dir, 'bin'))
})
afterEach(() => rmSync(dir, { recursive: true }))

describe('the job kubeconfig', () => {
  beforeEach(() => {
    mkdirSync(join(dir, 'etc/rancher/k3s'), { recursive: true })
    mkdirSync(join(dir, 'kubeconfig'))
    writeFileSync(join(dir, 'etc/rancher/k3s/k3s.yaml'), ofK3s('https://127.0.0.1:6443', 'first'), {
      mode: 0o600,
    })
  })
  const kubeconfig = (): string => join(dir, 'kubeconfig/kubeconfig.yaml')

  it("writes a kubeconfig for the host name k3s, readable by Millrace's user", () => {
    command('kubectl', 'true')
    expect(runJob('kubeconfig')).toBe(0)
    const made = loadKubeConfig({ context: 'default', kubeconfig: kubeconfig() })
    expect(made.getCurrentCluster()?.server).toBe('https://k3s:6443')
    expect(made.getCurrentUser()?.token).toBe('first')
    expect(statSync(kubeconfig()).mode & 0o777).toBe(0o644)
  })

  it('keeps the previous kubeconfig unless the new one works', () => {
    command('kubectl', 'true')
    runJob('kubeconfig')
    writeFileSync(join(dir, 'etc/rancher/k3s/k3s.yaml'), ofK3s('https://127.0.0.1:6443', 'second'))
    command('kubectl', 'grep -q "token: second" "$2" && exit 7')
    expect(runJob('kubeconfig')).toBe(7)
    expect(readFileSync(kubeconfig(), 'utf8')).toContain('token: first')
  })
})

describe('the job temporal-schema', () => {
  it("creates both databases and migrates them with the server's settings", () => {
    command('temporal-sql-tool', 'echo "$SQL_PLUGIN $SQL_USER@$SQL_HOST:$SQL_PORT $*" >>log')
    expect(runJob('temporal-schema')).toBe(0)
    const made = (database: string, schema: string): string[] => [
      `postgres12 temporal@postgres:5432 --database ${database} create-database`,
      `postgres12 temporal@postgres:5432 --database ${database} setup-schema --version 0.0`,
      `postgres12 temporal@postgres:5432 --database ${database} update-schema --schema-name ${schema}`,
    ]
    expect(log()).toEqual([
      ...made('temporal', 'postgresql/v12/temporal'),
      ...made('temporal_visibility', 'postgresql/v12/visibility'),
    ])
    const { DB, POSTGRES_SEEDS, POSTGRES_USER } = serviceOf(compose, 'temporal').environment ?? {}
    expect(`${DB} ${POSTGRES_USER}@${POSTGRES_SEEDS}`).toBe('postgres12 temporal@postgres')
  })

  it('fails at the first error, so that Docker restarts it', () => {
    command('temporal-sql-tool', 'echo "$*" >>log; case "$*" in *setup*) exit 9;; esac')
    expect(runJob('temporal-schema')).toBe(9)
    expect(log()).toHaveLength(2)
  })
})

describe('the job temporal-namespace', () => {
  it("creates Millrace's namespace unless it exists", () => {
    command('temporal', 'echo "$*" >>log; case "$*" in *describe*) exit 1;; esac')
    expect(runJob('temporal-namespace')).toBe(0)
    expect(log().at(-1)).toBe('operator namespace create --namespace default --retention 720h')
    command('temporal', 'echo "$*" >>log')
    expect(runJob('temporal-namespace')).toBe(0)
    expect(log().at(-1)).toContain('describe')
  })

  it('fails if it cannot create the namespace, so that Docker restarts it', () => {
    command('temporal', 'exit 1')
    expect(runJob('temporal-namespace')).toBe(1)
  })
})

const ofK3s = (server: string, token: string): string => `apiVersion: v1
clusters:
- cluster:
    certificate-authority-data: YQ==
    server: ${server}
  name: default
contexts:
- context:
    cluster: default
    user: default
  name: default
current-context: default
kind: Config
users:
- name: default
  user:
    token: ${token}
`

/** A fake for a program of the image. */
const command = (name: string, script: string): void =>
  writeFileSync(join(dir, 'bin', name), `#!/bin/sh\n${script}\n`, { mode: 0o755 })

const log = (): string[] => readFileSync(join(dir, 'log'), 'utf8').trimEnd().split('\n')

/** Runs the command of a job's container, with its folders below this test's folder. Returns the exit code. */
function runJob(name: string): number | null {
  const { entrypoint = [], command: script = [], environment, volumes = [] } = serviceOf(compose, name)
  const folders = volumes.map((volume) => volume.split(':')[1] ?? '')
  const below = (text: string): string =>
    folders.reduce((moved, folder) => moved.replaceAll(`${folder}/`, `${dir}${folder}/`), text)
  const [shell = '', ...args] = [...entrypoint, ...script].map(below)
  const env = { ...environment, PATH: `${dir}/bin:/usr/bin:/bin` }
  return spawnSync(shell, args, { cwd: dir, env, timeout: patience(60_000) }).status
}
