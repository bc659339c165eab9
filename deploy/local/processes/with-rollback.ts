/** The work failed, and its effects could not be undone completely. */
export class RollbackError extends Error {
  override readonly name = 'RollbackError'
  readonly fault: unknown

  constructor(fault: unknown, reason: unknown) {
    super(`${messageOf(fault)}\nThe cleanup failed too: ${messageOf(reason)}`, {
      cause: fault instanceof Error ? fault.cause : undefined,
    })
    this.fault = fault
  }
}

/** Does the work, and undoes it if it fails. The error of the work comes first, an error of the undo after it. */
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
