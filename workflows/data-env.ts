import type { Json } from '../src/json.ts'

/** One entry of the environment ends at 128 KiB on Linux, and more of them share a bound: larger inputs go by HTTP. */
const MAX_ENV_BYTES = 64 * 1024

/** How a job gets at what led to it: as JSON in its environment, unless that has no room for it. */
export function dataEnv(input: Json): { name: string; value: string }[] {
  const text = JSON.stringify(input)
  return new TextEncoder().encode(text).length > MAX_ENV_BYTES
    ? []
    : [{ name: 'MILLRACE_INPUT', value: text }]
}
