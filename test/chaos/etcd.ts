import { callEtcd } from '../../deploy/local/kubernetes/etcd.ts'
import type { Env } from './env.ts'

interface Response {
  header: { revision: string; member_id: string }
}

/** etcd's own API, in JSON. Throws etcd's message when it refuses. */
async function call({ stack }: Env, path: string, body: object): Promise<Response> {
  const response = await callEtcd(stack.layout, `/v3/${path}`, { body: JSON.stringify(body) })
  if (response.status !== 200) throw new Error(`etcd, ${path}: ${response.body}`)
  return JSON.parse(response.body)
}

/** Removes every revision before the latest: a watch from an older one has to list again. */
export async function compact(env: Env): Promise<void> {
  const { header } = await call(env, 'maintenance/status', {})
  await call(env, 'kv/compaction', { revision: header.revision, physical: true })
}

/** What etcd raises when its disk space is used up: it refuses writes until the alarm is cleared. */
export async function spaceAlarm(env: Env, action: 'ACTIVATE' | 'DEACTIVATE'): Promise<void> {
  const { header } = await call(env, 'maintenance/status', {})
  await call(env, 'maintenance/alarm', { action, memberID: header.member_id, alarm: 'NOSPACE' })
}
