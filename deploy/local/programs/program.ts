/** The programs of the local stack, each by the name that its own project gives it. */
export const temporalPrograms = ['temporal-server', 'temporal-sql-tool', 'temporal-ui-server'] as const
export const clusterPrograms = [
  'etcd',
  'kube-apiserver',
  'kube-controller-manager',
  'kube-scheduler',
  'kubelet',
] as const
/** Simulated cluster nodes: for tests and figures of scale alone. */
export const simulatorPrograms = ['kwok'] as const

export type ProgramName =
  | (typeof temporalPrograms)[number]
  | (typeof clusterPrograms)[number]
  | (typeof simulatorPrograms)[number]

/** A file that can be run. What is built here holds several programs, and is told by argv0 which of them to be. */
export interface Program {
  binary: string
  argv0: ProgramName
}

export type Programs<Name extends ProgramName = ProgramName> = Record<Name, Program>
