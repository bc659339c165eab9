/** Folders of the machine that containers mount. */
import { randomBytes } from 'node:crypto'
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { inject } from 'vitest'
import type { JsonObject } from '../../src/lib/json.ts'

/** Holds containers until a test opens it, however long the test needs until then. */
export interface Gate {
  /** A volume of the pod. */
  volume: JsonObject
  /** A mount of the container. */
  mount: JsonObject
  /** A shell command that waits until the gate is open. */
  wait: string
  open(): void
}

export function makeGate(): Gate {
  const folder = makeFolder()
  return {
    volume: { name: 'gate', hostPath: { path: folder } },
    mount: { name: 'gate', mountPath: '/gate' },
    wait: 'until [ -e /gate/open ]; do sleep 0.2; done',
    open: () => writeFileSync(join(folder, 'open'), ''),
  }
}

/** A folder on the machine for a volume. It is removed with the state of the stack. */
export function makeFolder(): string {
  const folder = join(inject('stack').stateDir, 'test-folders', randomBytes(6).toString('hex'))
  mkdirSync(folder, { recursive: true })
  return folder
}
