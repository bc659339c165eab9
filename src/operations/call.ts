import type { Deps } from './deps.ts'

/** The caller of an operation. */
export interface Actor {
  /** The caller's name in the cluster: `system:serviceaccount:ci:deployer`, or `anonymous`. */
  name: string
}

/** The argument of every operation. A new dependency or check does not change a signature. */
export interface Call<Input> {
  deps: Deps
  actor: Actor
  input: Input
}
