/** One attempt of a node, with the fields that its Kubernetes object needs. */
export interface Attempt {
  node: string
  number: number
  objectName: string
  /** Pins the pod to this Kubernetes node. */
  clusterNode?: string
  /** For a sequence: the number of leading steps to leave out. */
  fromStep?: number
  /** Its pod gets a token to record its output over HTTP. */
  apiAccess?: true
}

/** An attempt with the parts of its Job. */
export interface Start {
  attempt: Attempt
  /** Key into `plan.jobs`. */
  job: string
  env: { name: string; value: string }[]
}
