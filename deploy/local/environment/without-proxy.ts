/**
 * The variables that list the hosts to reach without a proxy. Some programs read the one name first, some the other.
 */
const LISTS = ['no_proxy', 'NO_PROXY']
/** gRPC for Node, which Temporal's client uses, reads this variable instead when it is set. */
const GRPC_LIST = 'no_grpc_proxy'

/**
 * No proxy can reach these addresses for us. Go programs exclude loopback by themselves, and Temporal's worker uses
 * no proxy. gRPC for Node, and Node's fetch with NODE_USE_ENV_PROXY, would use one.
 */
const LOOPBACK = ['127.0.0.1', 'localhost', '::1']

/**
 * The environment without a proxy for loopback and for `more`, which holds addresses, ranges or names. Existing
 * entries stay.
 */
export function withoutProxyForLoopback(env: NodeJS.ProcessEnv, more: string[] = []): NodeJS.ProcessEnv {
  const list = (names: string[]): string => {
    const before = names.flatMap((name) => env[name]?.split(',') ?? []).map((entry) => entry.trim())
    // gRPC for Node reads an empty entry as every host.
    return [...new Set([...before, ...LOOPBACK, ...more])].filter(Boolean).join(',')
  }
  const listed = list(LISTS)
  return {
    ...env,
    ...Object.fromEntries(LISTS.map((name) => [name, listed])),
    ...(env[GRPC_LIST] ? { [GRPC_LIST]: list([GRPC_LIST]) } : {}),
  }
}
