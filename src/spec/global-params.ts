import { z } from 'zod'
import { EnvVar } from './job-spec.ts'
import { annotations, labels, optionalName } from './scalars.ts'

/** What JobFlow and DaemonJob lay over every Job and pod they make. */
export const GlobalParams = z.strictObject({
  env: z.array(EnvVar).optional(),
  nodeName: optionalName.optional(),
  labels: labels.optional(),
  annotations: annotations.optional(),
})
export type GlobalParams = z.infer<typeof GlobalParams>
