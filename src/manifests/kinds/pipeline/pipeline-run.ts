import { z } from 'zod'
import { parseGoDuration } from '../../../expressions/go-duration.ts'
import { Metadata } from '../../fields/metadata.ts'
import { refineWithParser } from '../../fields/refine-with-parser.ts'
import { anyJson, dnsSubdomain } from '../../fields/scalars.ts'

/** A pipeline that needs more retries does not fail only now and then. */
export const MAX_RETRY_COUNT = 100
const DAY_MS = 86_400_000

/** Time limit of one attempt: more than 0, at most a day. */
export const attemptTimeout = z
  .string()
  .superRefine(refineWithParser(parseTimeout))
  .meta({ examples: ['30m'] })

export const retryCount = z.int('must be a whole number').min(0).max(MAX_RETRY_COUNT)

export const PipelineRun = z.strictObject({
  apiVersion: z.literal('controller.ljchen.net/v1'),
  kind: z.literal('PipelineRun'),
  metadata: Metadata,
  spec: z.strictObject({
    refPipeline: dnsSubdomain.describe('Name of a Pipeline in the same namespace.'),
    maxRetryCount: retryCount
      .nullish()
      .describe('How often a batch is retried, from the first step that has not succeeded. Default: 0.'),
    timeout: attemptTimeout
      .nullish()
      .describe('Time limit of each attempt of a batch, as in 30s or 1h30m; at most 24h. Default: 10m.'),
  }),
  status: anyJson.optional(),
})
export type PipelineRun = z.infer<typeof PipelineRun>

export function parseTimeout(text: string): { ms: number } | { problem: string } {
  const parsed = parseGoDuration(text)
  if ('problem' in parsed) return parsed
  if (parsed.ms <= 0 || parsed.ms > DAY_MS)
    return { problem: `"${text}" is not above 0 and at most 24h: write for example "30m"` }
  return parsed
}
