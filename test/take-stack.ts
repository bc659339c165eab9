import { randomBytes } from 'node:crypto'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { type Layout, layoutOf, runHome } from '../deploy/local/layout.ts'
import { type Claim, claim, claimsIn, dropClaim, makeOwnFolder } from '../deploy/local/ownership/claim.ts'
import { isHeld } from '../deploy/local/ownership/lock.ts'
import { isNumberInUse } from '../deploy/local/ownership/owner.ts'
import { isAlive } from '../deploy/local/processes/process-id.ts'
import type { Report } from '../deploy/local/report.ts'
import { stopStack } from '../deploy/local/stop-stack.ts'

/** Stack numbers that people do not use, enough for several test runs at once. */
const NUMBERS = Array.from({ length: 30 }, (_, at) => 70 + at)
const POLL_MS = 2_000

interface Purpose {
  name: string
  stateDir: string
}

export interface TakenStack {
  layout: Layout
  /** Stops the stack, removes its state and frees its number. */
  release(): Promise<void>
}

export interface TakeOptions {
  report?: Report
  numbers?: readonly number[]
  signal?: AbortSignal
}

/**
 * Takes a stack number for the caller while this process runs. No other file, checkout or CI job gets the same number. If
 * all numbers are taken, it says so and waits. Stacks that killed processes left behind are removed first.
 */
export async function takeStack(purpose: string, options: TakeOptions = {}): Promise<TakenStack> {
  const { numbers = NUMBERS, report = console.log, signal } = options
  makeOwnFolder(runHome())
  await clearAbandoned({ numbers, report })
  for (let isReported = false; ; isReported = true) {
    for (const index of numbers) {
      const name = `${purpose}-${index}`
      // Random, so that nobody can prepare this folder.
      const folder = `millrace-${name}-${randomBytes(4).toString('hex')}`
      const layout = layoutOf(name, index, join(tmpdir(), folder))
      const release = takeNumber(layout)
      if (!release) continue
      return {
        layout,
        async release() {
          await stopStack(layout, { forget: true, report })
          release()
        },
      }
    }
    if (!isReported) report(`All numbers of test stacks, ${range(numbers)}, are taken: waiting for one`)
    await sleep(POLL_MS, undefined, signal ? { signal } : {})
    await clearAbandoned({ numbers, report })
  }
}

/** Stops the stacks of processes that were killed, and removes their state. */
export async function clearAbandoned({
  numbers = NUMBERS,
  report = console.log,
}: TakeOptions = {}): Promise<void> {
  for (const index of numbers) {
    if (abandoned(index).length === 0) continue
    const { release } = claim<Purpose>(folderOf(index), { name: '', stateDir: '' })
    // Another process is clearing it, or has taken it meanwhile.
    if (!release) continue
    try {
      for (const left of abandoned(index)) await clear(index, left, report)
    } finally {
      release()
    }
  }
}

async function clear(index: number, left: Claim<Purpose>, report: Report): Promise<void> {
  const { name, stateDir } = left.about ?? { name: '', stateDir: '' }
  try {
    if (stateDir) {
      report(`Clearing away what process ${left.pid} left of stack ${index}`)
      await stopStack(layoutOf(name, index, stateDir), { forget: true, report })
    }
    dropClaim(folderOf(index), left)
  } catch (error) {
    report(`Stack ${index} cannot be cleared away, and is left alone: ${error}`)
  }
}

/** Undefined if the number is in use: taken by a test, started by a person, or left behind and not removable. */
function takeNumber(layout: Layout): (() => void) | undefined {
  const { index, name, stateDir } = layout
  if (isNumberInUse(index) || isHeld(layout) || abandoned(index).length > 0) return undefined
  return claim<Purpose>(folderOf(index), { name, stateDir }).release
}

const abandoned = (index: number): Claim<Purpose>[] =>
  claimsIn<Purpose>(folderOf(index)).filter((one) => !isAlive(one))

const folderOf = (index: number): string => join(runHome(), String(index), 'taken')

const range = (numbers: readonly number[]): string => `${numbers.at(0)} to ${numbers.at(-1)}`
