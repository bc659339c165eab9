import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { runHome } from '../../layout.ts'
import { makeOwnFolder } from '../../ownership/claim.ts'
import { ensureSetting, readSetting } from './kernel-setting.ts'

const SETTING = 'ip_forward'
/**
 * The value before the first of our stacks changed it. The setting belongs to the machine, not to a stack, and both
 * last until the next boot.
 */
const record = (): string => join(runHome(), 'ip-forward')

/** Makes the machine forward the packets of pods. */
export function ensureForwarding(): void {
  const before = readSetting(SETTING)
  if (before === '1') return
  makeOwnFolder(runHome())
  writeFileSync(record(), before)
  ensureSetting(SETTING, '1')
}

/**
 * Restores the value. `others` are the remaining bridges. If one belongs to another stack of ours, that stack still
 * needs forwarding and restores it later. If one belongs to Docker or a virtual machine, that may need forwarding by
 * now, so it stays on.
 */
export function restoreForwarding(others: string[]): void {
  if (!existsSync(record()) || others.some(isOurs)) return
  if (others.length === 0) ensureSetting(SETTING, readFileSync(record(), 'utf8'))
  rmSync(record())
}

const isOurs = (bridge: string): boolean => /^millrace\d+$/.test(bridge)
