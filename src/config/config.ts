import { z } from 'zod'
import type { AdapterTable } from '../compiler/formats/pipeline/pipeline-adapters.ts'
import { parseTimeZone } from '../compiler/formats/pipeline/schedule.ts'
import { readAdapters } from './pipeline-adapters-setting.ts'

/** Every setting with its variable and default. In src only this file reads the environment. */
const schema = z.object({
  /** Address of the HTTP API. Loopback, because without `auth` the API is open. */
  MILLRACE_HOST: z.string().default('127.0.0.1'),
  MILLRACE_PORT: z.coerce.number().int().min(1).max(65_535).default(8080),
  /** Address of the API for jobs, which record their outputs there. All its routes require a token. */
  MILLRACE_JOBS_HOST: z.string().default('127.0.0.1'),
  MILLRACE_JOBS_PORT: z.coerce.number().int().min(1).max(65_535).default(8082),
  /** Its URL for pods, as http://millrace-jobs.millrace:8082. If not set, jobs get neither URL nor token. */
  MILLRACE_JOBS_URL: z.url({ protocol: /^https?$/, error: 'must be a URL like http://host:8082' }).optional(),
  /** Images of the pipeline adapters: JSON, or the path of a YAML or JSON file. */
  MILLRACE_ADAPTERS: z.string().optional(),
  /** Default time zone of schedules. */
  MILLRACE_TIME_ZONE: z
    .string()
    .default('UTC')
    .refine(
      (zone) => typeof parseTimeZone(zone) === 'string',
      'must be a time zone like UTC or Europe/Berlin',
    ),
  /** Port of a worker's /healthz and /readyz. */
  MILLRACE_WORKER_PORT: z.coerce.number().int().min(1).max(65_535).default(8081),
  /** Build id of the workflow code, for example an image tag. Default: a hash of the code. */
  MILLRACE_BUILD: z
    .string()
    .regex(
      /^[A-Za-z0-9][-A-Za-z0-9._]{0,62}$/,
      'must be a name like 1.4.2 of letters, digits, "-", "_" and "."',
    )
    .optional(),
  /** Seconds without a worker of the current build until another takes over, if all open runs replay. */
  MILLRACE_TAKE_OVER_AFTER: z
    .literal('never')
    .or(z.coerce.number().int().min(1, 'must be a number of seconds of at least 1, or never'))
    .default(30),
  /** Value of the instance label. Two installations on one cluster need different names. */
  MILLRACE_INSTANCE: z
    .string()
    .regex(/^[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?$/, 'must be a lower-case label value')
    .default('millrace'),
  /** Kubeconfig context; there is no default. `in-cluster` uses the pod's service account. */
  MILLRACE_CONTEXT: z.string().optional(),
  KUBECONFIG: z.string().optional(),
  TEMPORAL_ADDRESS: z.string().default('127.0.0.1:7233'),
  TEMPORAL_NAMESPACE: z.string().default('default'),
  /** Base URL of links to Temporal's Web UI. */
  TEMPORAL_UI_URL: z.string().default('http://127.0.0.1:8233'),
})

export interface Config {
  host: string
  port: number
  workerPort: number
  jobs: { host: string; port: number; url?: string }
  settings: { adapters: AdapterTable; timeZone: string }
  instance: string
  /** undefined: a hash of the workflow code. */
  build: string | undefined
  /** Infinity: never. */
  takeOverAfterMs: number
  context: string | undefined
  kubeconfig: string | undefined
  temporal: { address: string; namespace: string; uiUrl: string }
}

/** Throws an Error that names every invalid variable. */
export function readConfig(env: Record<string, string | undefined> = process.env): Config {
  const set = Object.fromEntries(
    Object.entries(env).filter(([, value]) => value !== undefined && value !== ''),
  )
  const parsed = schema.safeParse(set)
  if (!parsed.success) {
    const faults = parsed.error.issues.map(({ path, message }) => `${path.join('.')}: ${message}`)
    throw new Error(`Invalid configuration:\n  ${faults.join('\n  ')}`)
  }
  const value = parsed.data
  return {
    host: value.MILLRACE_HOST,
    port: value.MILLRACE_PORT,
    workerPort: value.MILLRACE_WORKER_PORT,
    jobs: {
      host: value.MILLRACE_JOBS_HOST,
      port: value.MILLRACE_JOBS_PORT,
      ...(value.MILLRACE_JOBS_URL === undefined ? {} : { url: value.MILLRACE_JOBS_URL.replace(/\/+$/, '') }),
    },
    settings: { adapters: readAdapters(value.MILLRACE_ADAPTERS), timeZone: value.MILLRACE_TIME_ZONE },
    instance: value.MILLRACE_INSTANCE,
    build: value.MILLRACE_BUILD,
    takeOverAfterMs:
      value.MILLRACE_TAKE_OVER_AFTER === 'never'
        ? Number.POSITIVE_INFINITY
        : value.MILLRACE_TAKE_OVER_AFTER * 1_000,
    context: value.MILLRACE_CONTEXT,
    kubeconfig: value.KUBECONFIG,
    temporal: {
      address: value.TEMPORAL_ADDRESS,
      namespace: value.TEMPORAL_NAMESPACE,
      uiUrl: value.TEMPORAL_UI_URL.replace(/\/$/, ''),
    },
  }
}
