import { AppError, type ErrorCode } from '../app-error.ts'
import type { ManifestResult } from './manifest-result.ts'

/** A submission that failed as a whole, with the results of the documents that were processed. */
export class SubmissionError extends AppError {
  readonly results: ManifestResult[]

  constructor(code: ErrorCode, message: string, results: ManifestResult[], cause?: unknown) {
    super(code, message, { issues: results.flatMap(({ issues }) => issues), cause })
    this.name = 'SubmissionError'
    this.results = results
  }
}
