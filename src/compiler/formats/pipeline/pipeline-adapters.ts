import type { InputAdapter, OutputAdapter } from '../../../manifests/kinds/pipeline/pipeline-adapters.ts'

/** The container image of a pipeline adapter. */
export interface AdapterImage {
  image: string
  /** Replaces the image's ENTRYPOINT. */
  command?: string[]
  /** Default: `Always`, as in the format. */
  imagePullPolicy?: PullPolicy
}

export const pullPolicies = ['Always', 'IfNotPresent', 'Never'] as const
export type PullPolicy = (typeof pullPolicies)[number]

/** Without `custom`, whose image is in the manifest. */
export type AdapterName = InputAdapter | Exclude<OutputAdapter, 'custom'>
export type AdapterTable = Record<AdapterName, AdapterImage> & { custom: { imagePullPolicy?: PullPolicy } }

/** The images of the format. They cannot be pulled, so an installation must configure its own. */
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
