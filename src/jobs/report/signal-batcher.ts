import type { AttemptEnd } from '../../model/messages/run-messages.ts'
import type { Completion, Execution } from './completion.ts'

/** Ends of one run are batched: each signal costs the run one workflow task, whatever its size. */
const GATHER_MS = 250
/** More than 20 ends a second are gathered for longer: the tasks of a wide run are expensive. */
const GATHER_PER_END_MS = 50
const MAX_GATHER_MS = 1_000
/** Delay after a failed call: Temporal is unavailable, and its client has already retried. */
const RETRY_MS = 2_000
/** Outcomes are clipped to a few KiB, and the limit of a signal is 2 MiB. */
const MAX_ENDS = 300

interface Letter {
  end: AttemptEnd
  delivered(isTold: boolean): void
}

interface Box {
  execution: Execution
  letters: Letter[]
  /** Nothing is sent before this time. */
  openAt: number
  isBusy: boolean
}

/** Signals to runs how attempts of their blocks ended; one batch serves all blocks of a run. */
export class SignalBatcher {
  /** By the execution run id. */
  readonly #boxes = new Map<string, Box>()
  readonly #completion: Pick<Completion, 'tell'>
  readonly #warn: (message: string, error: unknown) => void

  constructor(completion: Pick<Completion, 'tell'>, warn: (message: string, error: unknown) => void) {
    this.#completion = completion
    this.#warn = warn
  }

  /** Resolves with whether the run accepted it; retried while Temporal is unavailable. */
  tell(execution: Execution, end: AttemptEnd, signal: AbortSignal): Promise<boolean> {
    return new Promise((resolve, reject) => {
      if (signal.aborted) return reject(signal.reason)
      signal.addEventListener('abort', () => reject(signal.reason))
      const box = this.#boxes.get(execution.runId) ?? { execution, letters: [], openAt: 0, isBusy: false }
      this.#boxes.set(execution.runId, box)
      box.letters.push({ end, delivered: resolve })
      if (!box.isBusy) void this.#empty(box)
    })
  }

  async #empty(box: Box): Promise<void> {
    box.isBusy = true
    while (box.letters.length > 0) {
      await new Promise((resolve) => setTimeout(resolve, Math.max(0, box.openAt - Date.now())))
      await this.#send(box, box.letters.splice(0, MAX_ENDS))
    }
    box.isBusy = false
    // Kept for a moment, so that the next ends are batched too.
    const forgetMs = Math.max(GATHER_MS, box.openAt - Date.now())
    setTimeout(() => {
      if (!box.isBusy) this.#boxes.delete(box.execution.runId)
    }, forgetMs).unref()
  }

  async #send(box: Box, letters: Letter[]): Promise<void> {
    const ends = letters.map(({ end }) => end)
    try {
      const isTold = await this.#completion.tell(box.execution, ends)
      for (const { delivered } of letters) delivered(isTold)
      const gatherMs = Math.min(MAX_GATHER_MS, Math.max(GATHER_MS, letters.length * GATHER_PER_END_MS))
      box.openAt = Date.now() + gatherMs
    } catch (error) {
      this.#warn(`${ends.length} outcomes of ${box.execution.workflowId} could not be sent, retrying`, error)
      box.letters.unshift(...letters)
      box.openAt = Date.now() + RETRY_MS
    }
  }
}
