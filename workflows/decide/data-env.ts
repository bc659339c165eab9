import { type Json, jsonBytes } from '../../src/lib/json.ts'

/** Linux limits one environment entry to 128 KiB, and their sum too: larger inputs are read over HTTP. */
const MAX_ENV_BYTES = 64 * 1024
/** All inputs are stored in the run's history, whose limit is 50 MiB. */
const MAX_ALL_BYTES = 10 * 1024 * 1024

/** A job's input as an environment entry with JSON; none if it is too large for the entry or the history. */
export function dataEnv(input: Json, nodes: number): { name: string; value: string }[] {
  const limit = Math.min(MAX_ENV_BYTES, MAX_ALL_BYTES / nodes)
  return jsonBytes(input) > limit ? [] : [{ name: 'MILLRACE_INPUT', value: JSON.stringify(input) }]
}
