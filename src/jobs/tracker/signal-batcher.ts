import type { AttemptEnd } from '../../model/messages.ts'
import type { Completion, Execution } from './completion.ts'

/** Ends of one run go together: each signal costs the run a step of its workflow, however much is in it. */
const GATHER_MS = 250
/** Where more than twenty end in a second they are gathered for longer: the run is wide, and its steps are dear. */
const GATHER_PER_END_MS = 50
const MAX_GATHER_MS = 1_000
/** After a call that failed: Temporal is away, and its client has retried already. */
const RETRY_MS = 2_000
/** Outcomes are clipped to some KiB, and a signal ends at 2 MiB. */
const MAX_ENDS = 300

interface Letter {
  end: AttemptEnd
  delivered(isTold: boolean): void
}

interface Box {
  execution: Execution
  letters: Letter[]
  /** Not sent before. */
  openAt: number
  isBusy: boolean
}

/** Tells runs how attempts of their blocks have ended, all blocks of a run in one. */
export class SignalBatcher {
  /** By Temporal's id of the execution. */
  readonly #boxes = new Map<string, Box>()
  readonly #completion: Pick<Completion, 'tell'>
  readonly #warn: (message: string, error: unknown) => void

  constructor(completion: Pick<Completion, 'tell'>, warn: (message: string, error: unknown) => void) {
    this.#completion = completion
    this.#warn = warn
  }

  /** Resolves with whether the run takes it; tried again for as long as Temporal cannot be reached. */
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
    // It stays for a moment, so that what comes next is gathered too.
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
      this.#warn(`${ends.length} ends of ${box.execution.workflowId} not told yet, trying again`, error)
      box.letters.unshift(...letters)
      box.openAt = Date.now() + RETRY_MS
    }
  }
}
