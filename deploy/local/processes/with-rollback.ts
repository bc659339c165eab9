/** The work failed, and what it had done could not be undone as a whole. */
export class RollbackError extends Error {
  override readonly name = 'RollbackError'
  readonly fault: unknown

  constructor(fault: unknown, reason: unknown) {
    super(`${messageOf(fault)}\nAfter that not everything could be cleaned up: ${messageOf(reason)}`, {
      cause: fault instanceof Error ? fault.cause : undefined,
    })
    this.fault = fault
  }
}

/** Does the work; where it fails, undoes it. The fault of the work is told first, one of the clean-up after it. */
export async function withRollback<T>(work: () => Promise<T>, undo: () => Promise<void>): Promise<T> {
  try {
    return await work()
  } catch (fault) {
    try {
      await undo()
    } catch (reason) {
      throw new RollbackError(fault, reason)
    }
    throw fault
  }
}

const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error))
