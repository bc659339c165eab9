/**
 * The parts of the Kubernetes JobSpec that we read or overlay. Kubernetes checks everything else: unknown
 * keys pass, and null counts as absent, as in Kubernetes.
 */
import { z } from 'zod'
import { isJsonObject } from '../../lib/json.ts'
import { annotations, anyJson, count, dnsLabel, imageReference, labels, seconds } from '../fields/scalars.ts'

export const EnvVar = z
  .object({
    name: z
      .string()
      .regex(/^[ -<>-~]+$/, 'must be the name of an environment variable: ASCII characters without "="')
      .meta({ examples: ['MODE'] }),
    value: z.string().nullish(),
    valueFrom: z.object({}).catchall(anyJson).nullish(),
  })
  .catchall(anyJson)
export type EnvVar = z.infer<typeof EnvVar>

export const VolumeMount = z
  .object({
    name: dnsLabel,
    mountPath: z
      .string()
      .min(1, 'must be a path, for example /data')
      .meta({ examples: ['/data'] }),
  })
  .catchall(anyJson)
export type VolumeMount = z.infer<typeof VolumeMount>

/** Any volume: PersistentVolumeClaim, hostPath, configMap … */
export const Volume = z.object({ name: dnsLabel }).catchall(anyJson)
export type Volume = z.infer<typeof Volume>

export const Container = z
  .object({
    name: dnsLabel,
    image: imageReference,
    command: z.array(z.string()).nullish(),
    args: z.array(z.string()).nullish(),
    env: z.array(EnvVar).nullish(),
    volumeMounts: z.array(VolumeMount).nullish(),
  })
  .catchall(anyJson)
export type Container = z.infer<typeof Container>

const containers = z.array(Container).min(1, 'needs at least one container')
const podFields = {
  initContainers: z.array(Container).nullish(),
  volumes: z.array(Volume).nullish(),
  nodeName: z.string().nullish(),
  /** Any value passes here, because a format may force its own. */
  restartPolicy: z.string().nullish(),
}

export const PodSpec = z
  .object({ containers, ...podFields })
  .catchall(anyJson)
  .superRefine(doubledContainers, { when: () => true })
export type PodSpec = z.infer<typeof PodSpec>

/** A PodSpec whose containers may come from elsewhere. */
export const PartialPodSpec = z.object({ containers: containers.optional(), ...podFields })

const PodMetadata = z
  .object({ labels: labels.nullish(), annotations: annotations.nullish() })
  .catchall(anyJson)

export const JobSpec = z
  .object({
    template: z.object({ metadata: PodMetadata.nullish(), spec: PodSpec }).catchall(anyJson),
    backoffLimit: count.nullish(),
    completions: count.nullish(),
    parallelism: count.nullish(),
    activeDeadlineSeconds: seconds.nullish(),
    ttlSecondsAfterFinished: count.nullish(),
  })
  .catchall(anyJson)
export type JobSpec = z.infer<typeof JobSpec>

/** Kubernetes refuses a pod with two containers (init containers included) of the same name. */
export function doubledContainers(pod: object, ctx: z.RefinementCtx): void {
  const seen = new Set<unknown>()
  for (const list of ['initContainers', 'containers']) {
    const items = isJsonObject(pod) && Array.isArray(pod[list]) ? pod[list] : []
    findDoubled(items, seen, [list], ctx)
  }
}

/** The same for a list of containers that will run in one pod. */
export const doubledNames = (items: unknown, ctx: z.RefinementCtx): void =>
  findDoubled(Array.isArray(items) ? items : [], new Set(), [], ctx)

function findDoubled(
  items: readonly unknown[],
  seen: Set<unknown>,
  path: (string | number)[],
  ctx: z.RefinementCtx,
): void {
  for (const [index, item] of items.entries()) {
    const name = isJsonObject(item) ? item.name : undefined
    if (typeof name === 'string' && seen.has(name)) {
      const message = `"${name}" is a duplicate container name: give each container its own`
      ctx.addIssue({
        code: 'custom',
        path: [...path, index, 'name'],
        params: { rule: 'doubled-name' },
        message,
      })
    }
    seen.add(name)
  }
}
