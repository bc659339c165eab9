/** The programs of the local stack, by the names that their own projects use. */
export const temporalPrograms = ['temporal-server', 'temporal-sql-tool', 'temporal-ui-server'] as const
export const clusterPrograms = [
  'etcd',
  'kube-apiserver',
  'kube-controller-manager',
  'kube-scheduler',
  'kubelet',
] as const
/** Simulated cluster nodes, for tests and benchmarks of scale only. */
export const simulatorPrograms = ['kwok'] as const

export type ProgramName =
  | (typeof temporalPrograms)[number]
  | (typeof clusterPrograms)[number]
  | (typeof simulatorPrograms)[number]

/** An executable file. A file built here contains several programs, and argv0 chooses one. */
export interface Program {
  binary: string
  argv0: ProgramName
}

export type Programs<Name extends ProgramName = ProgramName> = Record<Name, Program>
