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
export const groupKind = ({ apiVersion, kind }: TypeMeta): string =>
  `${kind.toLowerCase()}.${apiVersion.slice(0, apiVersion.indexOf('/'))}`
