import type { AdapterTable } from '../../compiler/formats/pipeline/pipeline-adapters.ts'

/** What an installation decides for all. */
export interface Settings {
  adapters: AdapterTable
  /** IANA name, for schedules that name none. */
  timeZone: string
}
