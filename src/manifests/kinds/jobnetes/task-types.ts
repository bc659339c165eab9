/** Every spelling of a type in the format's own schema, tests and code. */
export const taskTypes = {
  'kube-job': 'job',
  kubejob: 'job',
  parallel: 'parallel',
  'parallel-job': 'parallel',
  branch: 'branch',
  'choice-job': 'branch',
} as const

export type TaskType = keyof typeof taskTypes
