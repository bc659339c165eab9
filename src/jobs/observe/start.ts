import type { JsonObject } from '../../lib/json.ts'

/** What a container runtime says of a container whose start it has not noted: second 0 of its count. */
const UNNOTED = '1970-'
/** What a kubelet says that made up the end of one that it did not find. */
const UNKNOWN = '0001-'

/** When a container began, RFC 3339, of its state `running` or `terminated`; undefined when it never did, or nobody knows. */
export function startOf({ startedAt }: JsonObject): string | undefined {
  const isKnown =
    typeof startedAt === 'string' && !startedAt.startsWith(UNNOTED) && !startedAt.startsWith(UNKNOWN)
  return isKnown ? startedAt : undefined
}

/**
 * The container runtime was stopped or restarted just as it started this one: it ran for a moment and was killed,
 * as nobody knew it any more. (One that cannot be started at all says so: `StartError`, `ContainerCannotRun`.)
 */
export const wasCutOff = ({ startedAt, reason }: JsonObject): boolean =>
  reason === 'Error' && typeof startedAt === 'string' && startedAt.startsWith(UNNOTED)
