import { type Json, jsonBytes } from '../src/lib/json.ts'

/** One entry of the environment ends at 128 KiB on Linux, and more of them share a bound: larger inputs go by HTTP. */
const MAX_ENV_BYTES = 64 * 1024
/** All of them stand in the run's history, which ends at 50 MiB. */
const MAX_ALL_BYTES = 10 * 1024 * 1024

/** How a job gets at what led to it: as JSON in its environment, unless that (or a history of so many) has no room. */
export function dataEnv(input: Json, nodes: number): { name: string; value: string }[] {
  const limit = Math.min(MAX_ENV_BYTES, MAX_ALL_BYTES / nodes)
  return jsonBytes(input) > limit ? [] : [{ name: 'MILLRACE_INPUT', value: JSON.stringify(input) }]
}
