import { z } from 'zod'
import type { AdapterTable } from '../compiler/formats/pipeline/pipeline-adapters.ts'
import { parseTimeZone } from '../compiler/formats/pipeline/schedule.ts'
import { readAdapters } from './pipeline-adapters-setting.ts'

/** Every setting, its variable and its default; `readConfig` is the only reader of the environment. */
const schema = z.object({
  /** Where the HTTP API listens. Loopback, because without `auth` the API is open. */
  MILLRACE_HOST: z.string().default('127.0.0.1'),
  MILLRACE_PORT: z.coerce.number().int().min(1).max(65_535).default(8080),
  /** Where jobs record their outputs: a door of its own, with nothing behind it that asks for no token. */
  MILLRACE_JOBS_HOST: z.string().default('127.0.0.1'),
  MILLRACE_JOBS_PORT: z.coerce.number().int().min(1).max(65_535).default(8082),
  /** The same as pods reach it, as in http://millrace-jobs.millrace:8082. Without it jobs get no address and no token. */
  MILLRACE_JOBS_URL: z
    .url({ protocol: /^https?$/, error: 'must be an address like http://host:8082' })
    .optional(),
  /** Images behind the adapters of pipelines: JSON, or the path of a file of YAML or JSON. */
  MILLRACE_ADAPTERS: z.string().optional(),
  /** For schedules that name none. */
  MILLRACE_TIME_ZONE: z
    .string()
    .default('UTC')
    .refine(
      (zone) => typeof parseTimeZone(zone) === 'string',
      'must be a time zone like UTC or Europe/Berlin',
    ),
  /** Where a worker answers /healthz and /readyz. */
  MILLRACE_WORKER_PORT: z.coerce.number().int().min(1).max(65_535).default(8081),
  /** Name of this build of the workflow code, where a hash of that code is not wanted: an image's tag. */
  MILLRACE_BUILD: z
    .string()
    .regex(
      /^[A-Za-z0-9][-A-Za-z0-9._]{0,62}$/,
      'must be a name like 1.4.2 of letters, digits, "-", "_" and "."',
    )
    .optional(),
  /** Seconds without a worker of the current build until another build takes over, if all open runs replay with it. */
  MILLRACE_TAKE_OVER_AFTER: z
    .literal('never')
    .or(z.coerce.number().int().min(1, 'must be a number of seconds from 1, or never'))
    .default(30),
  /** Value of the instance label: two installations on one cluster need two names. */
  MILLRACE_INSTANCE: z
    .string()
    .regex(/^[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?$/, 'must be a label value in lower case')
    .default('millrace'),
  /** Kubeconfig context, always named on purpose; `in-cluster` uses the pod's service account. */
  MILLRACE_CONTEXT: z.string().optional(),
  KUBECONFIG: z.string().optional(),
  TEMPORAL_ADDRESS: z.string().default('127.0.0.1:7233'),
  TEMPORAL_NAMESPACE: z.string().default('default'),
  /** Base of the links into Temporal's Web UI. */
  TEMPORAL_UI_URL: z.string().default('http://127.0.0.1:8233'),
})

export interface Config {
  host: string
  port: number
  workerPort: number
  jobs: { host: string; port: number; url?: string }
  settings: { adapters: AdapterTable; timeZone: string }
  instance: string
  /** Without it the workflow code is named by its hash. */
  build: string | undefined
  /** Infinity: never. */
  takeOverAfterMs: number
  context: string | undefined
  kubeconfig: string | undefined
  temporal: { address: string; namespace: string; uiUrl: string }
}

/** Throws an Error that names every variable that is wrong. */
export function readConfig(env: Record<string, string | undefined> = process.env): Config {
  const set = Object.fromEntries(
    Object.entries(env).filter(([, value]) => value !== undefined && value !== ''),
  )
  const parsed = schema.safeParse(set)
  if (!parsed.success) {
    const faults = parsed.error.issues.map(({ path, message }) => `${path.join('.')}: ${message}`)
    throw new Error(`The environment is not right:\n  ${faults.join('\n  ')}`)
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

/** Which local stack is meant; 0 is the one with the well-known ports. Throws when it is no number from 0 to 99. */
export function readStackIndex(env: Record<string, string | undefined> = process.env): number {
  const text = env.MILLRACE_STACK || '0'
  if (/^\d{1,2}$/.test(text)) return Number(text)
  throw new Error(`MILLRACE_STACK is "${text}": it must be a number from 0 to 99`)
}

/** Ports of Millrace's own parts that the user has said, by what listens there. */
export function readNamedPorts(
  env: Record<string, string | undefined> = process.env,
): Partial<Record<'api' | 'worker' | 'jobs', number>> {
  const { port, workerPort, jobs } = readConfig(env)
  return {
    ...(env.MILLRACE_PORT ? { api: port } : {}),
    ...(env.MILLRACE_WORKER_PORT ? { worker: workerPort } : {}),
    ...(env.MILLRACE_JOBS_PORT ? { jobs: jobs.port } : {}),
  }
}

/** Services of the user's that `millrace start` is to use instead of local ones: only those that are named. */
export interface NamedServices {
  cluster?: { context: string; kubeconfig: string | undefined }
  temporalAddress?: string
  temporalUiUrl?: string
}

export function readNamedServices(
  contextOption: string | undefined,
  env: Record<string, string | undefined> = process.env,
): NamedServices {
  const context = contextOption || env.MILLRACE_CONTEXT
  return {
    ...(context ? { cluster: { context, kubeconfig: env.KUBECONFIG } } : {}),
    ...(env.TEMPORAL_ADDRESS ? { temporalAddress: env.TEMPORAL_ADDRESS } : {}),
    ...(env.TEMPORAL_UI_URL ? { temporalUiUrl: env.TEMPORAL_UI_URL } : {}),
  }
}
