import type { Deps } from './deps.ts'

/** On whose behalf something is done. */
export interface Actor {
  /** The cluster's name for the caller: `system:serviceaccount:ci:deployer`, or `anonymous`. */
  name: string
}

/** What every operation is given; adding a dependency or a check never changes a signature. */
export interface Call<Input> {
  deps: Deps
  actor: Actor
  input: Input
}
