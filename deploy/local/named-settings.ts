import { readConfig } from '../../src/config/config.ts'

/** Index of the local stack, from 0 to 99; 0 uses the well-known ports. Throws an Error for other values. */
export function readStackIndex(env: Record<string, string | undefined> = process.env): number {
  const text = env.MILLRACE_STACK || '0'
  if (/^\d{1,2}$/.test(text)) return Number(text)
  throw new Error(`MILLRACE_STACK is "${text}": it must be a number from 0 to 99`)
}

/** The ports that the user has set, by Millrace process. */
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

/** The user's services that `millrace start` uses instead of local ones. */
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
