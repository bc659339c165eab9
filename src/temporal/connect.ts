import { Connection, type TLSConfig } from '@temporalio/client'

export interface TemporalAddress {
  /** `host:port` of the frontend. */
  address: string
  tls?: TLSConfig | boolean
  apiKey?: string
}

/**
 * Two seconds. gRPC's own maximum is 120 s, so an API process would answer 503 for up to two minutes after
 * Temporal is back.
 */
const MAX_RECONNECT_BACKOFF_MS = 2_000

const isLoopback = (address: string): boolean => /^(127\.|localhost:|\[::1\])/.test(address)

/** Does not use the network: the API starts, and answers 503, while Temporal is unreachable. */
export function connectTemporal({ address, tls, apiKey }: TemporalAddress): Connection {
  return Connection.lazy({
    address,
    ...(tls === undefined ? {} : { tls }),
    ...(apiKey === undefined ? {} : { apiKey }),
    channelArgs: {
      'grpc.initial_reconnect_backoff_ms': 200,
      'grpc.max_reconnect_backoff_ms': MAX_RECONNECT_BACKOFF_MS,
      // gRPC uses the environment's proxy even for loopback addresses, which a proxy cannot reach.
      ...(isLoopback(address) ? { 'grpc.enable_http_proxy': 0 } : {}),
    },
  })
}
