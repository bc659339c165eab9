/** One try of a node, as far as the cluster must know it. */
export interface Attempt {
  node: string
  number: number
  objectName: string
  /** Pins the pod to this cluster node. */
  clusterNode?: string
  /** Of a sequence: how many of its first steps are left out. */
  fromStep?: number
  /** Its pod gets a token with which it may record its output. */
  apiAccess?: true
}

/** An attempt with what its Job is made of. */
export interface Start {
  attempt: Attempt
  /** Key into `plan.jobs`. */
  job: string
  env: { name: string; value: string }[]
}
