import { checkDefinition } from '../../compiler/check-definition.ts'
import { inParallel } from '../../lib/in-parallel.ts'
import { toIssue } from '../../manifests/decode.ts'
import type { Issue } from '../../manifests/issue.ts'
import {
  type DefinitionManifest,
  definitionTypeOf,
  isDefinitionManifest,
  isRunManifest,
  type RunManifest,
} from '../../manifests/kinds/kinds.ts'
import { AppError } from '../app-error.ts'
import type { Call } from '../call.ts'
import { createDefinitions, type Definitions } from '../definitions/definitions.ts'
import { storeDefinition } from '../definitions/store-definition.ts'
import type { Deps } from '../deps.ts'
import { describeObject, refOf } from '../runs/run-object.ts'
import { startStoredRun } from '../runs/start/start-stored-run.ts'
import { storeRun } from '../runs/start/store-run.ts'
import { type ManifestResult, toResult, toRunResult } from './manifest-result.ts'
import { type ParsedDocument, parseSubmission } from './parse-submission.ts'
import { SubmissionError } from './submission-error.ts'

export interface SubmitInput {
  /** YAML of one or several documents, or JSON. */
  text: string
  /** For documents that name none. Documents that name another namespace are refused. */
  namespace?: string
  /** Reports what would happen; stores and starts nothing. */
  dryRun?: boolean
  /** A run of the same name and another spec is cancelled and deleted first. */
  replace?: boolean
}

/** A document costs four calls of some milliseconds. With eight in parallel a full text takes a second. */
const MAX_PARALLEL = 8

/**
 * Stores every valid document of a text and starts the runs among them. The others are refused with all their
 * issues. Definitions are stored first, wherever they are in the text, because runs are compiled with them.
 *
 * The same text again continues where an earlier request was cut off, and then changes nothing.
 * SubmissionError `invalid`: every document is refused. `unavailable`: Temporal or the API server became
 * unreachable part way. Both carry the results known so far.
 */
export async function submitManifests({ deps, input }: Call<SubmitInput>): Promise<ManifestResult[]> {
  const parsed = parseSubmission(input.text, input.namespace)
  if (parsed.length === 0) throw new AppError('invalid', 'The request body has no document.')
  const submission: Submission = {
    deps,
    input,
    definitions: createDefinitions(deps.catalog, deps.settings),
    unstarted: new Set(),
  }
  const results: ManifestResult[] = []
  const inOrder = (): ManifestResult[] => results.toSorted((a, b) => a.document - b.document)
  try {
    for (const phase of [isBad, isGoodDefinition, isGoodRun]) {
      await inParallel(parsed.filter(phase), MAX_PARALLEL, async (each) => {
        results.push(await submitOne(submission, each))
      })
    }
  } catch (error) {
    if (!(error instanceof AppError && error.code === 'unavailable')) throw error
    throw interrupted(error, inOrder(), [...submission.unstarted])
  }
  if (results.every(({ result }) => result === 'refused')) throw allRefused(inOrder())
  return inOrder()
}

interface Submission {
  deps: Deps
  input: SubmitInput
  definitions: Definitions
  /** Stored objects whose run is not yet known to be started. */
  unstarted: Set<string>
}

const isBad = ({ manifest }: ParsedDocument): boolean => manifest === undefined
const isGoodDefinition = ({ manifest }: ParsedDocument): boolean =>
  manifest !== undefined && isDefinitionManifest(manifest)
const isGoodRun = ({ manifest }: ParsedDocument): boolean => manifest !== undefined && isRunManifest(manifest)

/** Errors of one document become its result. Only `unavailable` and bugs are thrown. */
async function submitOne(submission: Submission, parsed: ParsedDocument): Promise<ManifestResult> {
  const { manifest } = parsed
  try {
    if (!manifest) return refuse(submission, parsed, parsed.issues)
    return isDefinitionManifest(manifest)
      ? await submitDefinition(submission, parsed, manifest)
      : await submitRun(submission, parsed, manifest)
  } catch (error) {
    if (!(error instanceof AppError) || error.code === 'unavailable') throw error
    return refuse(submission, parsed, [
      toIssue(parsed.doc, { path: [], rule: error.code, message: error.message }),
    ])
  }
}

function refuse({ definitions }: Submission, parsed: ParsedDocument, issues: Issue[]): ManifestResult {
  const { kind = '', name } = parsed.doc
  const type = definitionTypeOf(kind)
  if (type && name !== undefined) definitions.refuse({ ...type, name }, parsed.namespace)
  return toResult(parsed, { result: 'refused', issues })
}

async function submitDefinition(
  submission: Submission,
  parsed: ParsedDocument,
  manifest: DefinitionManifest,
): Promise<ManifestResult> {
  const { deps, input, definitions } = submission
  const { namespace, doc } = parsed
  const dryRun = input.dryRun ?? false
  const { issues, warnings } = checkDefinition(manifest, { ...deps.settings, now: Date.now() })
  if (issues.length > 0)
    return refuse(
      submission,
      parsed,
      issues.map((issue) => toIssue(doc, issue)),
    )
  const { result, object } = await storeDefinition(deps, manifest, namespace, { dryRun })
  definitions.add(namespace, manifest, dryRun ? undefined : object)
  return toResult(parsed, { result, warnings: warnings.map((warning) => toIssue(doc, warning)) })
}

async function submitRun(
  { deps, input, definitions, unstarted }: Submission,
  parsed: ParsedDocument,
  manifest: RunManifest,
): Promise<ManifestResult> {
  const { namespace } = parsed
  const name = describeObject(refOf(manifest, namespace))
  const { dryRun = false, replace = false } = input
  const request = { manifest, namespace, definitions, trigger: 'manifest', dryRun, replace } as const
  const outcome = await storeRun(deps, request)
  if (outcome.result !== 'refused' && outcome.start) {
    unstarted.add(name)
    await startStoredRun(deps, outcome.start)
    unstarted.delete(name)
  }
  return toRunResult(parsed, outcome, dryRun)
}

function allRefused(results: ManifestResult[]): SubmissionError {
  const [issue, second] = results.flatMap(({ issues }) => issues)
  const count =
    results.length === 1 ? 'The document was refused' : `All ${results.length} documents were refused`
  const reason = issue && !second ? `: ${issue.message}` : ': see issues.'
  return new SubmissionError('invalid', `${count}${reason}`, results)
}

function interrupted(error: AppError, results: ManifestResult[], unstarted: string[]): SubmissionError {
  const done = results.filter(({ result }) => result !== 'refused')
  const sentences = [
    error.message,
    unstarted.length > 0 ? `Stored but not started: ${unstarted.join(', ')}.` : '',
    done.length > 0 ? `${done.length} of the documents were processed: see results.` : '',
    'Repeat the request to continue.',
  ]
  return new SubmissionError('unavailable', sentences.filter(Boolean).join(' '), results, error)
}
