import { readFileSync } from 'node:fs'
import { parse } from 'yaml'
import { z } from 'zod'
import {
  type AdapterTable,
  defaultAdapters,
  pullPolicies,
} from '../compiler/formats/pipeline/pipeline-adapters.ts'
import { imageReference } from '../manifests/fields/scalars.ts'

const imagePullPolicy = z.enum(pullPolicies).optional()
const Adapter = z.strictObject({
  image: imageReference,
  command: z.array(z.string()).min(1).optional(),
  imagePullPolicy,
})
const Table = z.strictObject({
  elasticSearch: Adapter.optional(),
  apiServer: Adapter.optional(),
  api: Adapter.optional(),
  as2: Adapter.optional(),
  ftp: Adapter.optional(),
  kafka: Adapter.optional(),
  email: Adapter.optional(),
  custom: z.strictObject({ imagePullPolicy }).optional(),
})

/**
 * Reads the adapter table: inline, as `{"ftp": {"image": "registry.example.com/ftp:2", "command":
 * ["/ftp"]}}`, or from a file path. Adapters that it does not name keep their default. Throws an Error that
 * names every invalid field.
 */
export function readAdapters(setting: string | undefined): AdapterTable {
  if (setting === undefined) return defaultAdapters
  const text = setting.trimStart().startsWith('{') ? setting : readFileSync(setting, 'utf8')
  const parsed = Table.safeParse(parse(text))
  if (!parsed.success) {
    const faults = parsed.error.issues.map(
      ({ path, message }) => `${path.join('.') || 'the table'}: ${message}`,
    )
    throw new Error(`Invalid MILLRACE_ADAPTERS:\n  ${faults.join('\n  ')}`)
  }
  const given = Object.entries(parsed.data).filter(([, adapter]) => adapter !== undefined)
  return { ...defaultAdapters, ...(Object.fromEntries(given) as Partial<AdapterTable>) }
}
