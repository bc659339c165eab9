import { type Measure, post, untilEnded, type World } from '../env.ts'
import { chainFlow, podSpec } from '../manifests.ts'
import { clear, namespaceFor } from '../namespace.ts'

/** What a node adds to its run's history: the difference between a chain of eleven and one of one. */
export const history: Measure = {
  names: ['eventsPerNode'],
  async measure(world) {
    const namespace = await namespaceFor(world, 'events')
    const short = await events(world, namespace, 1)
    const long = await events(world, namespace, 11)
    await clear(world, namespace)
    const note = `a run of one job: ${short} events`
    return [{ name: 'eventsPerNode', value: (long - short) / 10, unit: 'events', note }]
  },
}

async function events(world: World, namespace: string, steps: number): Promise<number> {
  const id = await post(world, namespace, chainFlow(`steps-${steps}`, steps, podSpec('simulated')))
  await untilEnded(world, id)
  return (await world.temporal.workflow.getHandle(id).describe()).historyLength
}
