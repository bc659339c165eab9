import { ApplicationFailure, CancellationScope, isCancellation, sleep } from '@temporalio/workflow'
import type { Attempt, Start } from '../src/model/attempt.ts'
import { isOutcome, type Outcome } from '../src/model/outcome.ts'
import type { JobBody, Plan } from '../src/model/plan.ts'
import type { RunRef } from '../src/model/run-id.ts'
import { activityIdOf } from '../src/model/temporal-names.ts'
import { type Command, isPure, startsOf } from './command.ts'
import type { Event } from './event.ts'
import { attempts, blocks, cleanUp, cluster, services, templates } from './proxies.ts'
import { bodyOf, type RunState } from './state.ts'

interface Performance {
  plan: Plan
  state: RunState
  run: RunRef
  /** Everything that a cancel stops at once. */
  scope: CancellationScope
  emit: (event: Event) => void
  /** Activities that create objects until the cancel reaches them: services and blocks. */
  kept: Set<Promise<unknown>>
}

/** Executes one command and emits its result as events. Never throws: one activity must not block the run. */
export async function perform(command: Command, to: Performance): Promise<void> {
  if (command.type === 'finish' || isPure(command)) return
  if (command.type === 'deleteObjects') return deleteObjects(to)
  const performed = to.scope.run(() => performOne(command, to))
  if (command.type === 'keepService' || command.type === 'startBlock') to.kept.add(performed)
  try {
    await performed
  } catch (error) {
    if (!isCancellation(error)) failed(command, error, to)
  } finally {
    to.kept.delete(performed)
  }
}

async function performOne(command: Command, { plan, state, run, emit }: Performance): Promise<void> {
  switch (command.type) {
    case 'startJob': {
      const { attempt, env } = command
      const body = bodyOf(plan, state, command.job)
      if (!body) throw new TypeError(`the plan has no job body ${command.job}`)
      const options = { activityId: activityIdOf(attempt.node, attempt.number), summary: summary(attempt) }
      const outcome = await attempts.runJob.executeWithOptions(options, [{ run, attempt, body, env }])
      return ended(attempt, outcome, emit)
    }
    case 'startBlock': {
      const { starts } = command
      const order = { run, starts, bodies: bodiesOf(starts, plan, state) }
      const options = { summary: blockSummary(starts) }
      for (const end of await blocks.runBlock.executeWithOptions(options, [order]))
        emit({ type: 'attemptEnded', ...end, at: Date.now() })
      for (const { attempt } of starts)
        ended(attempt, { type: 'lost', message: 'no outcome was reported' }, emit)
      return
    }
    case 'keepService': {
      const { node: id, turn, until } = command
      const node = plan.nodes.find((each) => each.id === id)
      if (node?.type !== 'service') throw new TypeError(`the plan has no service ${id}`)
      const summary = `${id} · Deployment ${node.objectName} until ${until}`
      const options = { activityId: `${id}#${turn}`, summary }
      const change = await services.keepService.executeWithOptions(options, [{ run, node, until }])
      emit({ type: 'serviceChanged', node: id, turn, change, at: Date.now() })
      return
    }
    case 'findTemplate': {
      const { job, templateRef, overlay } = command
      const options = { summary: `JobTemplate ${templateRef}` }
      const found = { namespace: run.namespace, templateRef, overlay }
      emit({
        type: 'templateFound',
        job,
        body: await templates.findTemplate.executeWithOptions(options, [found]),
      })
      return
    }
    case 'listClusterNodes': {
      const clusterNodes = await cluster.listClusterNodes()
      emit({ type: 'clusterNodesListed', fleet: command.fleet, clusterNodes })
      return
    }
    case 'sleep': {
      await sleep(Math.max(0, command.untilMs - Date.now()), {
        summary: `${command.node} · delay before the next attempt`,
      })
      emit({ type: 'slept', node: command.node })
      return
    }
    default:
      // Without an effect, or handled by `perform`.
      return
  }
}

/** Cancels open activities first, so that no further outcome arrives, then deletes all objects. */
async function deleteObjects({ scope, plan, run, emit, kept }: Performance): Promise<void> {
  scope.cancel()
  if (kept.size > 0) await Promise.allSettled([...kept])
  await CancellationScope.nonCancellable(() =>
    cleanUp.deleteObjects(
      run,
      plan.nodes.some(({ type }) => type === 'service'),
    ),
  )
  emit({ type: 'objectsDeleted', at: Date.now() })
}

function ended(attempt: Attempt, outcome: Outcome, emit: Performance['emit']): void {
  emit({ type: 'attemptEnded', node: attempt.node, attempt: attempt.number, outcome, at: Date.now() })
}

/**
 * An unsuccessful attempt arrives as a failed activity with its outcome in the details, so that Temporal's
 * Web UI shows it as failed. Any other failure is the activity's own and becomes the outcome `lost`.
 */
function failed(command: Command, error: unknown, { emit }: Performance): void {
  const cause = error instanceof Error && error.cause instanceof Error ? error.cause : error
  const told = cause instanceof ApplicationFailure ? cause.details?.[0] : undefined
  const message = cause instanceof Error ? cause.message : String(cause)
  const outcome: Outcome = isOutcome(told) ? told : { type: 'lost', message }
  for (const { attempt } of startsOf(command)) ended(attempt, outcome, emit)
  if (command.type === 'keepService') {
    const { node, turn } = command
    emit({ type: 'serviceChanged', node, turn, change: { type: 'unready', message }, at: Date.now() })
  }
}

/** A body that several attempts share is sent once. */
function bodiesOf(starts: readonly Start[], plan: Plan, state: RunState): Record<string, JobBody> {
  return Object.fromEntries(
    starts.map(({ job }) => {
      const body = bodyOf(plan, state, job)
      if (!body) throw new TypeError(`the plan has no job body ${job}`)
      return [job, body]
    }),
  )
}

const summary = ({ node, number, objectName }: Attempt): string =>
  `${node} · attempt ${number} · Job ${objectName}`.slice(0, 200)

/** The one line that the Web UI shows for the whole block. */
function blockSummary(starts: readonly Start[]): string {
  const names = starts.map(({ attempt }) => attempt.node)
  return `${starts.length} Jobs at once: ${names[0]} to ${names.at(-1)}`.slice(0, 200)
}
