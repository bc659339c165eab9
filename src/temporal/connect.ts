import { Connection, type TLSConfig } from '@temporalio/client'

export interface TemporalAddress {
  /** `host:port` of the frontend. */
  address: string
  tls?: TLSConfig | boolean
  apiKey?: string
}

/**
 * Two seconds: gRPC's own ceiling is 120 s, so that an API process would go on answering 503 for up to two
 * minutes after Temporal has come back.
 */
const MAX_RECONNECT_BACKOFF_MS = 2_000

const isLoopback = (address: string): boolean => /^(127\.|localhost:|\[::1\])/.test(address)

/** Does not touch the network: the API boots, and answers 503, while Temporal is away. */
export function connectTemporal({ address, tls, apiKey }: TemporalAddress): Connection {
  return Connection.lazy({
    address,
    ...(tls === undefined ? {} : { tls }),
    ...(apiKey === undefined ? {} : { apiKey }),
    channelArgs: {
      'grpc.initial_reconnect_backoff_ms': 200,
      'grpc.max_reconnect_backoff_ms': MAX_RECONNECT_BACKOFF_MS,
      // gRPC asks the proxy of the environment even for loopback, which no proxy can reach for us.
      ...(isLoopback(address) ? { 'grpc.enable_http_proxy': 0 } : {}),
    },
  })
}
