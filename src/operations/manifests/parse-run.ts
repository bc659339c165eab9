import type { JsonObject } from '../../lib/json.ts'
import { toIssue } from '../../manifests/decode.ts'
import type { Finding, Issue } from '../../manifests/issue.ts'
import { isRunManifest, type RunManifest } from '../../manifests/kinds/kinds.ts'
import { AppError } from '../app-error.ts'
import { parseSubmission } from './parse-submission.ts'

/** A run manifest from a JSON request, ready to be stored. */
export interface ParsedRun {
  namespace: string
  manifest: RunManifest
  issue: (finding: Finding) => Issue
}

/** AppError `invalid` with all issues. `rename` turns a path of the manifest into one of the request. */
export function parseRun(
  json: JsonObject,
  namespace: string | undefined,
  rename: (path: string) => string,
): ParsedRun {
  const [parsed, second] = parseSubmission(JSON.stringify(json), namespace)
  // Line and column would refer to a text that the caller has not seen.
  const toRequest = ({ line: _, column: __, ...issue }: Issue): Issue => ({
    ...issue,
    path: rename(issue.path),
  })
  if (!parsed || second) throw new AppError('invalid', 'The manifest must be exactly one object.')
  const { doc, manifest } = parsed
  if (!manifest)
    throw new AppError('invalid', 'The run was refused.', { issues: parsed.issues.map(toRequest) })
  if (!isRunManifest(manifest)) throw notARun(rename('kind'), manifest.kind)
  return { namespace: parsed.namespace, manifest, issue: (finding) => toRequest(toIssue(doc, finding)) }
}

function notARun(path: string, kind: string): AppError {
  const message = `${kind} is a definition: store it with PUT /v1/definitions or POST /v1/manifests, then start a run of it.`
  return new AppError('invalid', message, { issues: [{ document: 1, path, rule: 'not-a-run', message }] })
}
