/** A sort of objects, as the API server serves it. */
export interface Resource {
  /** `batch/v1`; the core group is `v1` alone. */
  apiVersion: string
  plural: string
}

/** The resources of Kubernetes that we use. Those of our own kinds are in src/manifests/kinds. */
export const resources = {
  Job: { apiVersion: 'batch/v1', plural: 'jobs' },
  Deployment: { apiVersion: 'apps/v1', plural: 'deployments' },
  Service: { apiVersion: 'v1', plural: 'services' },
  Pod: { apiVersion: 'v1', plural: 'pods' },
  Event: { apiVersion: 'v1', plural: 'events' },
  Node: { apiVersion: 'v1', plural: 'nodes' },
  TokenReview: { apiVersion: 'authentication.k8s.io/v1', plural: 'tokenreviews' },
  CustomResourceDefinition: { apiVersion: 'apiextensions.k8s.io/v1', plural: 'customresourcedefinitions' },
} as const satisfies Record<string, Resource>

/** Path of all objects of a resource: in one namespace, else in all, or of a resource without namespaces. */
export function collectionPath({ apiVersion, plural }: Resource, namespace?: string): string {
  const group = apiVersion.includes('/') ? `/apis/${apiVersion}` : `/api/${apiVersion}`
  return `${group}${namespace === undefined ? '' : `/namespaces/${encodeURIComponent(namespace)}`}/${plural}`
}

/** Path of one object; `namespace` is undefined for a resource without namespaces. */
export const objectPath = (resource: Resource, namespace: string | undefined, name: string): string =>
  `${collectionPath(resource, namespace)}/${encodeURIComponent(name)}`
