import type { Finding } from '../../../manifests/issue.ts'
import type { Pipeline } from '../../../manifests/kinds/pipeline/pipeline.ts'
import { MAX_RETRY_COUNT, parseTimeout } from '../../../manifests/kinds/pipeline/pipeline-run.ts'
import { MAX_RETRY_ANNOTATION, TIMEOUT_ANNOTATION } from '../../../model/labels.ts'

/** The format's default. */
const DEFAULT_TIMEOUT_MS = 600_000

/** A Pipeline's default retries and timeout. `issues` have paths of the Pipeline. */
export function pipelineDefaults({ metadata }: Pipeline): {
  maxRetryCount: number
  timeoutMs: number
  issues: Finding[]
} {
  const { [MAX_RETRY_ANNOTATION]: count = '0', [TIMEOUT_ANNOTATION]: text } = metadata.annotations ?? {}
  const issue = (name: string, message: string): Finding => ({
    path: ['metadata', 'annotations', name],
    rule: 'format',
    message,
  })
  const isCount = /^\d{1,3}$/.test(count) && Number(count) <= MAX_RETRY_COUNT
  const timeout = text === undefined ? { ms: DEFAULT_TIMEOUT_MS } : parseTimeout(text)
  return {
    maxRetryCount: isCount ? Number(count) : 0,
    timeoutMs: 'ms' in timeout ? timeout.ms : DEFAULT_TIMEOUT_MS,
    issues: [
      ...(isCount
        ? []
        : [
            issue(
              MAX_RETRY_ANNOTATION,
              `"${count}" is not a number of retries: write "0" to "${MAX_RETRY_COUNT}"`,
            ),
          ]),
      ...('problem' in timeout ? [issue(TIMEOUT_ANNOTATION, timeout.problem)] : []),
    ],
  }
}
