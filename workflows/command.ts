import type { Start } from '../src/model/attempt.ts'
import type { ServiceChange } from '../src/model/outcome.ts'
import type { Overlay } from '../src/model/plan.ts'
import type { RunState } from './state.ts'

/** `perform` executes a command with one activity or timer. The last five only change the state. */
export type Command =
  | ({ type: 'startJob' } & Start)
  /** Many Jobs with one activity. */
  | { type: 'startBlock'; starts: Start[] }
  | { type: 'keepService'; node: string; turn: number; until: ServiceChange['type'] }
  | { type: 'findTemplate'; job: string; templateRef: string; overlay: Overlay }
  | { type: 'listClusterNodes'; fleet: string }
  | { type: 'sleep'; node: string; untilMs: number }
  | { type: 'deleteObjects' }
  | { type: 'choose'; node: string; next?: string }
  | { type: 'openParallel'; node: string }
  | { type: 'closeParallel'; node: string }
  | { type: 'close'; message: string }
  | { type: 'finish'; phase: NonNullable<RunState['phase']>; message?: string }

/** The attempts that a command starts. */
export function startsOf(command: Command): readonly Start[] {
  if (command.type === 'startJob') return [command]
  return command.type === 'startBlock' ? command.starts : []
}

/** These commands change only the state, so the next decision may follow at once. */
export const isPure = ({ type }: Command): boolean =>
  type === 'choose' || type === 'openParallel' || type === 'closeParallel' || type === 'close'
