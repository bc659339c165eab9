import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import { distrustBridge, trustBridge } from '../../../../deploy/local/kubernetes/network/firewalld.ts'

let folder: string
/** The only interface in the trusted zone. */
const trusted = (): string => readFileSync(join(folder, 'trusted'), 'utf8').trim()
const setTrusted = (name: string): void => writeFileSync(join(folder, 'trusted'), name)

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'millrace-firewalld-'))
  setTrusted('')
  vi.stubEnv('PATH', `${folder}:${process.env.PATH}`)
})
afterEach(() => {
  vi.unstubAllEnvs()
  rmSync(folder, { recursive: true })
})

/** A fake firewall-cmd that answers as its manual says. It accepts runtime changes only. */
function install({ running }: { running: boolean }): void {
  const command = join(folder, 'firewall-cmd')
  const script = `#!/bin/sh
[ ${running} = true ] || { echo 'not running'; exit 252; }
case "$*" in
  --state) echo running ;;
  --zone=trusted\\ --change-interface=*) echo "\${2#*=}" > ${folder}/trusted ;;
  --zone=trusted\\ --query-interface=*) [ "\${2#*=}" = "$(cat ${folder}/trusted)" ] ;;
  --zone=trusted\\ --remove-interface=*) : > ${folder}/trusted ;;
  *) echo "what is $*?" >&2; exit 2 ;;
esac
`
  writeFileSync(command, script)
  chmodSync(command, 0o755)
}

it('the bridge is trusted only while a stack runs', async () => {
  install({ running: true })
  await trustBridge('millrace7')
  expect(trusted()).toBe('millrace7')
  await distrustBridge('millrace7')
  expect(trusted()).toBe('')
})

it('interfaces of others stay trusted', async () => {
  install({ running: true })
  setTrusted('docker0')
  await distrustBridge('millrace7')
  expect(trusted()).toBe('docker0')
})

it('a firewalld that does not run is not changed', async () => {
  install({ running: false })
  await trustBridge('millrace7')
  await distrustBridge('millrace7')
  expect(trusted()).toBe('')
})

it('a missing firewalld is not an error', async () => {
  await expect(trustBridge('millrace7')).resolves.toBeUndefined()
})
