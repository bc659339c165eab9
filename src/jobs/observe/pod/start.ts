import type { JsonObject } from '../../../lib/json.ts'

/** The Unix epoch: what a container runtime reports for a start that it has not recorded. */
const UNNOTED = '1970-'
/** What a kubelet reports when it invents the end of a container that it did not find. */
const UNKNOWN = '0001-'

/** Start time (RFC 3339) from a container's state `running` or `terminated`; undefined if unknown or none. */
export function startOf({ startedAt }: JsonObject): string | undefined {
  const isKnown =
    typeof startedAt === 'string' && !startedAt.startsWith(UNNOTED) && !startedAt.startsWith(UNKNOWN)
  return isKnown ? startedAt : undefined
}

/**
 * The container runtime was stopped while it started this container, which ran for a moment and was killed as
 * unknown. (A container that cannot be started reports `StartError` or `ContainerCannotRun`.)
 */
export const wasCutOff = ({ startedAt, reason }: JsonObject): boolean =>
  reason === 'Error' && typeof startedAt === 'string' && startedAt.startsWith(UNNOTED)
