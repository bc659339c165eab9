import { z } from 'zod'
import { annotations, anyJson, dnsLabel, dnsSubdomain, labels } from './scalars.ts'

/** What we rely on in an object's metadata; the rest is the API server's and passes. */
export const Metadata = z
  .object({
    name: dnsSubdomain,
    namespace: dnsLabel.optional(),
    labels: labels.optional(),
    annotations: annotations.optional(),
  })
  .catchall(anyJson)
export type Metadata = z.infer<typeof Metadata>
