import { isJsonObject, type JsonObject, listAt } from '../../../lib/json.ts'
import { RUN_LABEL } from '../../../model/labels.ts'

/** Where the steps of a pipeline hand data on, as the format has it. */
const WORKSPACE = '/workspace'
const HOME = '/builder/home'
/** Names of the volumes; the author's own may not be called so. */
const volumes = { workspace: 'millrace-workspace', home: 'millrace-home' } as const
const RUN_UID = 'MILLRACE_RUN_UID'

/** The workspace is new in every attempt, unless a claim keeps it; the home is always new. */
export function workspaceVolumes(claim: string | undefined): JsonObject[] {
  const kept: JsonObject = { persistentVolumeClaim: { claimName: claim } }
  return [
    { name: volumes.workspace, ...(claim === undefined ? { emptyDir: {} } : kept) },
    { name: volumes.home, emptyDir: {} },
  ]
}

/**
 * A step in the workspace: its working directory unless it names another, with a HOME of its own unless it has
 * one. In a claim every run has its own directory, so that runs of one Pipeline can share the claim.
 */
export function inWorkspace(container: JsonObject, claim: string | undefined, env: JsonObject[]): JsonObject {
  const own = listAt(container, 'env')
  const mounts = listAt(container, 'volumeMounts')
  const taken = (path: string): boolean =>
    mounts.some((each) => isJsonObject(each) && each.mountPath === path)
  const runUid = { name: RUN_UID, valueFrom: { fieldRef: { fieldPath: `metadata.labels['${RUN_LABEL}']` } } }
  const perRun = claim === undefined ? {} : { subPathExpr: `millrace-runs/$(${RUN_UID})` }
  return {
    workingDir: WORKSPACE,
    ...container,
    env: [
      ...(claim === undefined ? [] : [runUid]),
      ...(own.some((each) => isJsonObject(each) && each.name === 'HOME')
        ? []
        : [{ name: 'HOME', value: HOME }]),
      ...env,
      ...own,
    ],
    volumeMounts: [
      ...mounts,
      ...(taken(WORKSPACE) ? [] : [{ name: volumes.workspace, mountPath: WORKSPACE, ...perRun }]),
      ...(taken(HOME) ? [] : [{ name: volumes.home, mountPath: HOME }]),
    ],
  }
}
