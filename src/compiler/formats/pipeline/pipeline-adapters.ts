import type { InputAdapter, OutputAdapter } from '../../../manifests/kinds/pipeline-adapters.ts'

/** What runs behind an adapter of a pipeline. */
export interface AdapterImage {
  image: string
  /** Instead of the image's ENTRYPOINT. */
  command?: string[]
  /** `Always` when it is not said, as the format has it. */
  imagePullPolicy?: PullPolicy
}

export const pullPolicies = ['Always', 'IfNotPresent', 'Never'] as const
export type PullPolicy = (typeof pullPolicies)[number]

/** `custom` brings its own image in the manifest. */
export type AdapterName = InputAdapter | Exclude<OutputAdapter, 'custom'>
export type AdapterTable = Record<AdapterName, AdapterImage> & { custom: { imagePullPolicy?: PullPolicy } }

/** The images that the format has always meant. Nobody can pull them any more: an installation names its own. */
export const defaultAdapters: AdapterTable = {
  elasticSearch: { image: 'ljchen/ieyes/pier:0.1' },
  apiServer: { image: 'ljchen/ycloud/ieyes/pier:0.1' },
  api: { image: 'ljchen/ycloud/api-adapter:0.1' },
  as2: { image: 'busybox:latest' },
  ftp: { image: 'ljchen/ycloud/ftp-adapter:0.1' },
  kafka: { image: 'ljchen/ycloud/kafka-adapter:0.1' },
  email: { image: 'ljchen/ycloud/smtp-adapter:0.1' },
  custom: {},
}
