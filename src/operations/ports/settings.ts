import type { AdapterTable } from '../../compiler/formats/pipeline/pipeline-adapters.ts'

/** Settings of an installation. */
export interface Settings {
  adapters: AdapterTable
  /** IANA name; the default for schedules that name none. */
  timeZone: string
}
