import { AppError, type ErrorCode } from '../app-error.ts'
import type { ManifestResult } from './manifest-result.ts'

/** A submission that failed as a whole, with what became of each document that was looked at. */
export class SubmissionError extends AppError {
  readonly results: ManifestResult[]

  constructor(code: ErrorCode, message: string, results: ManifestResult[], cause?: unknown) {
    super(code, message, { issues: results.flatMap(({ issues }) => issues), cause })
    this.name = 'SubmissionError'
    this.results = results
  }
}
