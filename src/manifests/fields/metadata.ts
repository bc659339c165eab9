import { z } from 'zod'
import { annotations, anyJson, dnsLabel, dnsSubdomain, labels } from './scalars.ts'

/** The metadata fields that we rely on. Other fields pass; the API server checks them. */
export const Metadata = z
  .object({
    name: dnsSubdomain,
    namespace: dnsLabel.optional(),
    labels: labels.optional(),
    annotations: annotations.optional(),
  })
  .catchall(anyJson)
export type Metadata = z.infer<typeof Metadata>
