import { toIssue } from '../../manifests/decode.ts'
import type { Finding, Issue } from '../../manifests/issue.ts'
import type { Plan } from '../../model/plan.ts'
import { runRefOf } from '../runs/run-object.ts'
import type { StoreOutcome } from '../runs/start/store-run.ts'
import type { ParsedDocument } from './parse-submission.ts'

/** The result of one document. */
export interface ManifestResult {
  document: number
  kind?: string
  namespace: string
  name?: string
  result: 'created' | 'configured' | 'unchanged' | 'refused'
  runId?: string
  warnings: Issue[]
  issues: Issue[]
  /** Only in a dry run. */
  plan?: Plan
}

/** Sets the fields in the order in which people read them. */
export function toResult(
  { doc, namespace }: ParsedDocument,
  rest: Pick<ManifestResult, 'result'> & Partial<ManifestResult>,
): ManifestResult {
  const { document, kind, name } = doc
  return {
    document,
    ...(kind === undefined ? {} : { kind }),
    namespace,
    ...(name === undefined ? {} : { name }),
    result: rest.result,
    ...(rest.runId === undefined ? {} : { runId: rest.runId }),
    warnings: rest.warnings ?? [],
    issues: rest.issues ?? [],
    ...(rest.plan === undefined ? {} : { plan: rest.plan }),
  }
}

export function toRunResult(parsed: ParsedDocument, outcome: StoreOutcome, dryRun: boolean): ManifestResult {
  const located = (findings: Finding[]): Issue[] => findings.map((finding) => toIssue(parsed.doc, finding))
  switch (outcome.result) {
    case 'refused':
      return toResult(parsed, {
        result: 'refused',
        issues: located(outcome.issues),
        warnings: located(outcome.warnings),
      })
    case 'created':
    case 'unchanged':
      return toResult(parsed, {
        result: outcome.result,
        warnings: located(outcome.warnings),
        ...(outcome.object ? { runId: runRefOf(outcome.object).id } : {}),
        ...(dryRun && outcome.plan ? { plan: outcome.plan } : {}),
      })
    default:
      return outcome satisfies never
  }
}
