import { type Env, type Measure, post, untilEnded } from '../env.ts'
import { chainFlow, podSpec } from '../manifests.ts'
import { clear, namespaceFor } from '../namespace.ts'

/** History events per node: the difference between a chain of eleven nodes and a chain of one. */
export const history: Measure = {
  names: ['eventsPerNode'],
  async measure(env) {
    const namespace = await namespaceFor(env, 'events')
    const short = await events(env, namespace, 1)
    const long = await events(env, namespace, 11)
    await clear(env, namespace)
    const note = `a run of one job: ${short} events`
    return [{ name: 'eventsPerNode', value: (long - short) / 10, unit: 'events', note }]
  },
}

async function events(env: Env, namespace: string, steps: number): Promise<number> {
  const id = await post(env, namespace, chainFlow(`steps-${steps}`, steps, podSpec('simulated')))
  await untilEnded(env, id)
  return (await env.temporal.workflow.getHandle(id).describe()).historyLength
}
