/** The work that is measured: the same pods as manifests and as bare Jobs. */
import type { JsonObject } from '../../src/lib/json.ts'

export type Where = 'real' | 'simulated'

/** A pod that ends at once, by itself on the real node and by kwok on a simulated one. */
export const podSpec = (where: Where): JsonObject => ({
  restartPolicy: 'Never',
  ...(where === 'real' ? { nodeName: 'localhost' } : { nodeSelector: { type: 'kwok' } }),
  tolerations: [{ key: 'kwok.x-k8s.io/node', operator: 'Exists' }],
  terminationGracePeriodSeconds: 0,
  containers: [{ name: 'main', image: 'busybox:1.28', command: ['true'] }],
})

export const bareJob = (name: string, pod: JsonObject, labels: JsonObject = {}): JsonObject => ({
  apiVersion: 'batch/v1',
  kind: 'Job',
  metadata: { name, labels },
  spec: { backoffLimit: 0, template: { metadata: { labels }, spec: pod } },
})

const flowOf = (name: string, flows: JsonObject[]): JsonObject => ({
  apiVersion: 'api.practice.com/v1alpha1',
  kind: 'JobFlow',
  metadata: { name },
  spec: { flows },
})

export const template = (
  name: string,
  pod: JsonObject,
  annotations: Record<string, string> = {},
): JsonObject => ({
  apiVersion: 'api.practice.com/v1alpha1',
  kind: 'JobTemplate',
  metadata: { name },
  spec: { jobTemplate: { template: { metadata: { annotations }, spec: pod } } },
})

/** A chain of steps. */
export const chainFlow = (name: string, steps: number, pod: JsonObject): JsonObject =>
  flowOf(
    name,
    Array.from({ length: steps }, (_, at) => ({
      name: `s${at}`,
      ...(at > 0 ? { dependencies: [`s${at - 1}`] } : {}),
      jobTemplate: { template: { spec: pod } },
    })),
  )

/** Independent jobs, each of the template `from`. */
export const wideFlow = (name: string, width: number, from: string): JsonObject =>
  flowOf(
    name,
    Array.from({ length: width }, (_, at) => ({ name: `n${at}`, jobTemplateRef: from })),
  )

export const daemonJob = (name: string, pod: JsonObject, exclude: string): JsonObject => ({
  apiVersion: 'api.practice.com/v1alpha1',
  kind: 'DaemonJob',
  metadata: { name },
  spec: { excludeNodeList: exclude, template: { spec: pod } },
})
