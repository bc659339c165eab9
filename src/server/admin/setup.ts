import { readConfig } from '../../config/config.ts'
import { installCrds } from '../../kubernetes/objects/install.ts'
import { createLog } from '../../telemetry/log.ts'
import { connectTemporal } from '../../temporal/connect.ts'
import { registerSearchAttributes } from '../../temporal/register-search-attributes.ts'
import { connectCluster } from '../cluster.ts'

/** Installs our CRDs in the cluster and our search attributes in Temporal. Safe to repeat. */
export async function install(): Promise<void> {
  const config = readConfig()
  const log = createLog('install')
  const kube = connectCluster(config)
  const connection = connectTemporal({ address: config.temporal.address })
  try {
    await installCrds(kube)
    await registerSearchAttributes(connection, config.temporal.namespace)
    log('info', 'installed', { context: config.context, temporal: config.temporal.address })
  } finally {
    await connection.close()
    await kube.close()
  }
}
