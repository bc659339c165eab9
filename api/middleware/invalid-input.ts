import type { Hook } from '@hono/zod-openapi'
import { formatPath, type Issue } from '../../src/manifests/issue.ts'
import { AppError } from '../../src/operations/app-error.ts'
import type { ApiEnv } from '../deps.ts'

/** Refuses input that breaks its schema, with all issues. */
export const invalidInput: Hook<unknown, ApiEnv, string, void> = (result) => {
  if (result.success) return
  const document = result.target === 'json' ? 1 : 0
  const issues = result.error.issues.flatMap((issue) => toIssues(issue, document))
  const [first] = issues
  const message =
    issues.length === 1 && first ? first.message : `The request has ${issues.length} errors: see issues.`
  throw new AppError('invalid', message, { issues })
}

interface SchemaIssue {
  code: string
  path: PropertyKey[]
  message: string
  keys?: string[]
}

function toIssues({ code, path, message, keys }: SchemaIssue, document: number): Issue[] {
  const at = path.map((part) => (typeof part === 'number' ? part : String(part)))
  const where = document === 0 ? 'parameter' : 'field'
  if (code === 'unrecognized_keys' && keys) {
    return keys.map((key) => {
      const name = formatPath([...at, key])
      return { document, path: name, rule: 'unknown-field', message: `The ${where} ${name} does not exist.` }
    })
  }
  const name = formatPath(at)
  const text = name === '' ? message : `${name}: ${message}`
  return [{ document, path: name, rule: code.replaceAll('_', '-'), message: text }]
}
