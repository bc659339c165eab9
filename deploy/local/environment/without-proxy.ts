/** The list of what no proxy is asked for: some programs read the one name first, some the other. */
const LISTS = ['no_proxy', 'NO_PROXY']
/** gRPC for Node, which Temporal's client stands on, reads this one instead where it is set. */
const GRPC_LIST = 'no_grpc_proxy'

/**
 * No proxy can reach these for us. Go's programs, those that speak gRPC included, leave loopback out by themselves, and
 * Temporal's worker uses no proxy at all; gRPC for Node and, with NODE_USE_ENV_PROXY, Node's fetch would ask for it.
 */
const LOOPBACK = ['127.0.0.1', 'localhost', '::1']

/**
 * The environment in which no proxy is asked for loopback, nor for `more`: addresses, ranges or names. What was
 * listed before stays listed.
 */
export function withoutProxyForLoopback(env: NodeJS.ProcessEnv, more: string[] = []): NodeJS.ProcessEnv {
  const list = (names: string[]): string => {
    const before = names.flatMap((name) => env[name]?.split(',') ?? []).map((entry) => entry.trim())
    // gRPC for Node takes an empty entry for everything.
    return [...new Set([...before, ...LOOPBACK, ...more])].filter(Boolean).join(',')
  }
  const listed = list(LISTS)
  return {
    ...env,
    ...Object.fromEntries(LISTS.map((name) => [name, listed])),
    ...(env[GRPC_LIST] ? { [GRPC_LIST]: list([GRPC_LIST]) } : {}),
  }
}
