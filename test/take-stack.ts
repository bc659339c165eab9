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

/** Numbers of stacks out of the way of those that people start: for some runs of all tests side by side. */
const NUMBERS = Array.from({ length: 30 }, (_, at) => 70 + at)
const LOOK_MS = 2_000

interface Purpose {
  name: string
  stateDir: string
}

export interface TakenStack {
  layout: Layout
  /** Stops it, removes its state and gives its number back. */
  release(): Promise<void>
}

export interface TakeOptions {
  report?: Report
  numbers?: readonly number[]
  signal?: AbortSignal
}

/**
 * A stack of its own for whoever asks, as long as this process runs: its number is nobody else's, be it another file,
 * another checkout or another job of CI. Where all numbers are taken it waits, and says so. What processes that were
 * killed have left of theirs is cleared away first.
 */
export async function takeStack(purpose: string, options: TakeOptions = {}): Promise<TakenStack> {
  const { numbers = NUMBERS, report = console.log, signal } = options
  makeOwnFolder(runHome())
  await clearAbandoned({ numbers, report })
  for (let told = false; ; told = true) {
    for (const index of numbers) {
      const name = `${purpose}-${index}`
      // Not to be guessed: what stands there before is nobody's trap.
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
    if (!told) report(`All numbers of test stacks, ${range(numbers)}, are taken: waiting for one`)
    await sleep(LOOK_MS, undefined, signal ? { signal } : {})
    await clearAbandoned({ numbers, report })
  }
}

/** Stops what processes that have ended without a word left running, and removes its state. */
export async function clearAbandoned({
  numbers = NUMBERS,
  report = console.log,
}: TakeOptions = {}): Promise<void> {
  for (const index of numbers) {
    if (abandoned(index).length === 0) continue
    const { release } = claim<Purpose>(folderOf(index), { name: '', stateDir: '' })
    // Another process is clearing it away, or has taken it since.
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

/** undefined when it is somebody's: taken like this, started by a person, or left with something that nobody could end. */
function takeNumber(layout: Layout): (() => void) | undefined {
  const { index, name, stateDir } = layout
  if (isNumberInUse(index) || isHeld(layout) || abandoned(index).length > 0) return undefined
  return claim<Purpose>(folderOf(index), { name, stateDir }).release
}

const abandoned = (index: number): Claim<Purpose>[] =>
  claimsIn<Purpose>(folderOf(index)).filter((one) => !isAlive(one))

const folderOf = (index: number): string => join(runHome(), String(index), 'taken')

const range = (numbers: readonly number[]): string => `${numbers.at(0)} to ${numbers.at(-1)}`
