import { isJsonObject, type JsonObject, listAt } from '../../../lib/json.ts'
import { RUN_LABEL } from '../../../model/labels.ts'

/** Directory in which the steps of a pipeline share data, fixed by the format. */
const WORKSPACE = '/workspace'
const HOME = '/builder/home'
/** Volume names. An author's own volumes must not use them. */
const volumes = { workspace: 'millrace-workspace', home: 'millrace-home' } as const
const RUN_UID = 'MILLRACE_RUN_UID'

/** Each attempt has an empty home, and an empty workspace unless a claim keeps it. */
export function workspaceVolumes(claim: string | undefined): JsonObject[] {
  const kept: JsonObject = { persistentVolumeClaim: { claimName: claim } }
  return [
    { name: volumes.workspace, ...(claim === undefined ? { emptyDir: {} } : kept) },
    { name: volumes.home, emptyDir: {} },
  ]
}

/**
 * Mounts workspace and home into a step. The step's own workingDir, HOME and mounts win. In a claim every run
 * has its own directory, so that runs of one Pipeline can share the claim.
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
