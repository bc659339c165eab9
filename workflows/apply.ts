import type { Plan } from '../src/model/plan.ts'
import { attemptEnded, attemptStarted, outputRecorded, slept } from './apply/attempts.ts'
import { closed, finished } from './apply/ends.ts'
import { openFleet } from './apply/fleet.ts'
import { chosen, opened, parallelClosed } from './apply/gates.ts'
import { serviceChanged, serviceKept } from './apply/services.ts'
import type { Command } from './command.ts'
import type { Event } from './event.ts'
import { isJob, type RunState } from './state.ts'

/**
 * Applies one event to the state, in place: a run of thousands of nodes has thousands of events, and only the
 * workflow loop holds the state. Late events (an attempt that ended after it was cancelled) are ignored, so
 * any order of events is safe.
 */
export function apply(plan: Plan, state: RunState, event: Event): void {
  switch (event.type) {
    case 'issued':
      return issued(plan, state, event.command, event.at)
    case 'attemptEnded':
      return attemptEnded(plan, state, event.node, event.attempt, event.outcome, event.at)
    case 'serviceChanged':
      return serviceChanged(state, event.node, event.turn, event.change, event.at)
    case 'outputRecorded':
      return outputRecorded(state, event)
    case 'templateFound':
      state.found[event.job] = event.body
      return
    case 'clusterNodesListed':
      return openFleet(plan, state, event.fleet, event.clusterNodes)
    case 'slept':
      return slept(state, event.node)
    case 'cancelRequested':
      state.closing ??= { as: 'Cancelled', message: 'the run was cancelled', step: 'requested' }
      return
    case 'objectsDeleted':
      return closed(state, event.at)
    default:
      return event satisfies never
  }
}

function issued(plan: Plan, state: RunState, command: Command, at: number): void {
  switch (command.type) {
    case 'startJob':
      return attemptStarted(plan, state, command.attempt, at)
    case 'startBlock':
      for (const { attempt } of command.starts) attemptStarted(plan, state, attempt, at, true)
      return
    case 'keepService':
      return serviceKept(state, command.node, command.turn, at)
    case 'findTemplate':
      state.asked.push(command.job)
      return
    case 'listClusterNodes': {
      const fleet = state.fleets[command.fleet]
      if (fleet) fleet.phase = 'listing'
      return
    }
    case 'sleep': {
      const node = state.nodes[command.node]
      if (node && isJob(node)) node.sleeping = true
      return
    }
    case 'deleteObjects':
      if (state.closing) state.closing.step = 'deleting'
      return
    case 'choose':
      return chosen(plan, state, command.node, command.next)
    case 'openParallel':
      return opened(plan, state, command.node)
    case 'closeParallel':
      return parallelClosed(state, command.node)
    case 'close':
      state.closing ??= { as: 'Failed', message: command.message, step: 'requested' }
      return
    case 'finish':
      return finished(state, command, at)
    default:
      return command satisfies never
  }
}
