import { callEtcd } from '../../deploy/local/kubernetes/etcd.ts'
import type { World } from './env.ts'

interface Answer {
  header: { revision: string; member_id: string }
}

/** etcd's own API, in JSON. Throws what etcd says when it refuses. */
async function call({ stack }: World, path: string, body: object): Promise<Answer> {
  const answer = await callEtcd(stack.layout, `/v3/${path}`, { body: JSON.stringify(body) })
  if (answer.status !== 200) throw new Error(`etcd, ${path}: ${answer.body}`)
  return JSON.parse(answer.body)
}

/** Forgets every version before the latest: who watches from an older one has to list again. */
export async function compact(world: World): Promise<void> {
  const { header } = await call(world, 'maintenance/status', {})
  await call(world, 'kv/compaction', { revision: header.revision, physical: true })
}

/** What etcd does by itself when its disk space is used up: it takes no write any more, until the alarm is lifted. */
export async function spaceAlarm(world: World, action: 'ACTIVATE' | 'DEACTIVATE'): Promise<void> {
  const { header } = await call(world, 'maintenance/status', {})
  await call(world, 'maintenance/alarm', { action, memberID: header.member_id, alarm: 'NOSPACE' })
}
