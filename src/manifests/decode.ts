/**
 * decode: text → documents. Each document has a manifest or all of its issues.
 *
 * The text is YAML with any number of documents, or JSON. It is read as kubectl reads it, so that posting a
 * file and applying it mean the same. Each document is decoded alone: a broken one does not affect the
 * others. Every issue has a path, and a line and column where the text is known. Our own code
 * (yaml/to-json.ts) converts the parser's tree to JSON, because it must refuse duplicate keys, aliases that
 * expand without bound and numbers that JSON cannot hold. The schemas only check; fields that they do not
 * name are passed on unchanged.
 *
 * Pure and total: it returns for every text, within the limits of fields/limits.ts, and never throws.
 */
import { isJsonObject, type Json, jsonBytes, toText } from '../lib/json.ts'
import { MAX_DOCUMENTS, MAX_ISSUES, MAX_MANIFEST_BYTES, MAX_TEXT_BYTES } from './fields/limits.ts'
import { type Finding, formatPath, type Issue } from './issue.ts'
import { unwrapPath, wrapWorkflow } from './kinds/jobnetes/bare-workflow.ts'
import type { Manifest } from './kinds/kinds.ts'
import { readManifest } from './read-manifest.ts'
import { countLines, type Position, readSource, type Source } from './yaml/source.ts'
import { splitDocuments } from './yaml/split-documents.ts'

type Path = readonly (string | number)[]

export interface DecodedDocument {
  /** 1-based. Documents that contain only comments are not counted. */
  document: number
  apiVersion?: string
  kind?: string
  namespace?: string
  name?: string
  /** Absent exactly when there are issues. */
  manifest?: Manifest
  issues: Issue[]
  /** Position of a manifest path in the text; undefined when the text does not contain it. */
  locate(path: Path): Position | undefined
  /** A manifest path as the author wrote it. A bare workflow (`{name, tasks}`) has shorter paths. */
  toText(path: Path): Path
}

/** What the request already says about its text. */
export interface Expected {
  /** A document without a kind is the Workflow of this name. */
  workflow?: string
}

/** The documents of a text, in order. A text beyond a limit gives one document that holds the issue. */
export function decode(text: string, expected: Expected = {}): DecodedDocument[] {
  if (text.length > MAX_TEXT_BYTES || Buffer.byteLength(text) > MAX_TEXT_BYTES) {
    return [
      refuseAll(
        'too-large',
        `the text is larger than ${mebibytes(MAX_TEXT_BYTES)}: submit it in several requests`,
      ),
    ]
  }
  const pieces = splitDocuments(text)
  if (pieces.length > MAX_DOCUMENTS) return [tooManyDocuments(pieces.length)]
  const lines = countLines(text)
  const items = pieces.map((piece) => readSource(piece, lines)).flatMap(itemsOf)
  if (items.length > MAX_DOCUMENTS) return [tooManyDocuments(items.length)]
  return items.map((item, index) => decodeItem(item, index + 1, expected))
}

/** A finding of a later stage, with the position of its field or of the nearest parent in the text. */
export function toIssue(doc: DecodedDocument, finding: Finding): Issue {
  const path = finding.path
  const depths = path.map((_, index) => path.length - index)
  const depth = depths.find((length) => doc.locate(path.slice(0, length)))
  return {
    document: doc.document,
    path: formatPath(doc.toText(path)),
    ...doc.locate(path.slice(0, depth ?? 0)),
    rule: finding.rule,
    message: finding.message,
  }
}

/** Source of one document: a whole YAML document, or one item of its List. */
interface Item {
  source: Source
  base: Path
  value: Json | undefined
}

/** `kubectl get -o yaml` prints several objects as one List. */
function itemsOf(source: Source): Item[] {
  const { value, findings } = source
  if (value === undefined && findings.length === 0) return []
  const whole: Item = { source, base: [], value }
  if (!isJsonObject(value) || !toText(value.kind).endsWith('List') || !Array.isArray(value.items))
    return [whole]
  if (findings.some(({ path }) => path[0] !== 'items' || path.length < 2)) return [whole]
  return value.items.map((item, index) => ({ source, base: ['items', index], value: item }))
}

function decodeItem(
  { source, base, value: written }: Item,
  document: number,
  { workflow }: Expected,
): DecodedDocument {
  const wrapped = wrapWorkflow(written, workflow)
  const value = wrapped ?? written
  const toText = wrapped ? unwrapPath : (path: Path): Path => path
  const locate = (path: Path): Position | undefined => source.locate([...base, ...toText(path)])
  const below = source.findings
    .filter(({ path }) => startsWith(path, base))
    .map(({ path, offset, ...rest }) => ({
      ...rest,
      path: path.slice(base.length),
      at: source.positionOf(offset),
    }))
  const checked = checkValue(value, (path) => source.written([...base, ...toText(path)]))
  const above = checked.findings
    .map((finding) => ({ ...finding, path: toText(finding.path) }))
    .filter(({ path }) => !below.some((other) => startsWith(path, other.path)))
    .map((finding) => ({ ...finding, at: positionOf(source, base, finding) }))
  const issues = [...below, ...above]
    .toSorted((a, b) => a.at.line - b.at.line || a.at.column - b.at.column)
    .map(({ path, rule, message, at }) => ({ document, path: formatPath(path), ...at, rule, message }))
  return {
    document,
    ...identityOf(value),
    ...(checked.manifest && issues.length === 0 ? { manifest: checked.manifest } : {}),
    issues: capped(issues),
    locate,
    toText,
  }
}

function checkValue(value: Json | undefined, written: (path: Path) => string | undefined) {
  if (value === undefined) return { findings: [] }
  const bytes = jsonBytes(value)
  return bytes > MAX_MANIFEST_BYTES ? { findings: [tooLarge(bytes)] } : readManifest(value, written)
}

/** Position of the field (of its key if the field is unknown), or of the nearest parent in the text. */
function positionOf(source: Source, base: Path, { path, rule }: Finding): Position {
  const full = [...base, ...path]
  for (let length = full.length; length > 0; length--) {
    const place = source.locate(full.slice(0, length), rule === 'unknown-field' ? 'key' : 'value')
    if (place) return place
  }
  return source.locate([]) ?? source.positionOf(0)
}

function identityOf(
  value: Json | undefined,
): Pick<DecodedDocument, 'apiVersion' | 'kind' | 'namespace' | 'name'> {
  if (!isJsonObject(value)) return {}
  const { apiVersion, kind, metadata } = value
  const { namespace, name } = isJsonObject(metadata) ? metadata : {}
  return Object.fromEntries(
    Object.entries({ apiVersion, kind, namespace, name }).filter(([, text]) => typeof text === 'string'),
  )
}

function capped(issues: Issue[]): Issue[] {
  const [last, ...rest] = issues.slice(MAX_ISSUES - 1)
  if (!last || rest.length === 0) return issues
  const message = 'more errors follow: correct the errors above first'
  return [...issues.slice(0, MAX_ISSUES - 1), { ...last, rule: 'too-many-issues', message }]
}

function refuseAll(rule: string, message: string): DecodedDocument {
  return {
    document: 1,
    issues: [{ document: 1, path: '', rule, message }],
    locate: () => undefined,
    toText: (path) => path,
  }
}

const tooManyDocuments = (count: number): DecodedDocument =>
  refuseAll(
    'too-many-documents',
    `the text has ${count} documents; the limit is ${MAX_DOCUMENTS}: submit them in several requests`,
  )

const tooLarge = (bytes: number): Finding => ({
  path: [],
  rule: 'too-large',
  message: `the manifest has ${mebibytes(bytes)} as JSON; the limit is ${mebibytes(MAX_MANIFEST_BYTES)}, the maximum that Kubernetes stores: split it, or use jobTemplateRef for repeated parts`,
})

const mebibytes = (bytes: number): string => `${(bytes / 1024 / 1024).toFixed(1)} MiB`

const startsWith = (path: Path, start: Path): boolean => start.every((part, index) => path[index] === part)
