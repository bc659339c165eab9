/** What Kubernetes calls TypeMeta: which kind of object it is. */
export interface TypeMeta {
  /** `<group>/<version>` */
  apiVersion: string
  kind: string
}

/**
 * Identity of a kind, in the form in which `kubectl get -o name` prints it: `jobflow.api.practice.com`. The
 * kind alone is none, because two groups may have a kind of the same name.
 */
export function groupKind({ apiVersion, kind }: TypeMeta): string {
  const [group, version] = apiVersion.split('/')
  // The core group is `v1` alone and has no name.
  return version === undefined ? kind.toLowerCase() : `${kind.toLowerCase()}.${group}`
}
