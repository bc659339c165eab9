import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { runHome } from '../../layout.ts'
import { makeOwnFolder } from '../../ownership/claim.ts'
import { ensureSetting, readSetting } from './kernel-setting.ts'

const SETTING = 'ip_forward'
/**
 * What the setting was before the first of our stacks changed it. It is the machine's, not a stack's, and lasts until
 * the machine starts anew, as the setting itself does.
 */
const record = (): string => join(runHome(), 'ip-forward')

/** Has the machine pass on packets of pods, to the world and back. */
export function ensureForwarding(): void {
  const before = readSetting(SETTING)
  if (before === '1') return
  makeOwnFolder(runHome())
  writeFileSync(record(), before)
  ensureSetting(SETTING, '1')
}

/**
 * Sets it back to what it was. `others` are the bridges that are still there: one of another stack of ours still needs
 * it, and will set it back; with one of anybody else's (Docker, virtual machines) it may be needed by now, and stays.
 */
export function restoreForwarding(others: string[]): void {
  if (!existsSync(record()) || others.some(isOurs)) return
  if (others.length === 0) ensureSetting(SETTING, readFileSync(record(), 'utf8'))
  rmSync(record())
}

const isOurs = (bridge: string): boolean => /^millrace\d+$/.test(bridge)
