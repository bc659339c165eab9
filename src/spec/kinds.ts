/** Placeholder until the schemas land: the names that everything else is typed by. */
export const runKinds = ['JobFlow', 'DaemonJob'] as const
export const definitionKinds = ['JobTemplate'] as const
export type RunKind = (typeof runKinds)[number]
export type DefinitionKind = (typeof definitionKinds)[number]
export type KindName = RunKind | DefinitionKind
