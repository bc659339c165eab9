import { type AddressInfo, connect, createServer, type Socket } from 'node:net'

/** A TCP proxy between a client and the API server, which a test can interrupt. */
export interface TcpProxy {
  port: number
  /** Closes every open connection, as a broken network would. */
  cut(): void
  /** While refused, every new connection is closed at once. */
  refuse(refused: boolean): void
  /** While stalled, connections stay open and every byte is dropped, as with a machine that lost power. */
  stall(stalled: boolean): void
  /** Closes every connection after so many bytes from the API server. */
  cutAfter(bytes: number): void
  /** The number of connections so far that were not refused. */
  accepted(): number
  close(): Promise<void>
}

export async function startTcpProxy(target: number): Promise<TcpProxy> {
  const open = new Set<Socket>()
  let refused = false
  let stalled = false
  let limit = Number.POSITIVE_INFINITY
  let accepted = 0
  const server = createServer((client) => {
    if (refused) return void client.destroy()
    accepted += 1
    const upstream = connect(target, '127.0.0.1')
    let passed = 0
    for (const [from, to] of [
      [client, upstream],
      [upstream, client],
    ] as const) {
      open.add(from)
      from.on('error', () => to.destroy())
      from.on('close', () => {
        open.delete(from)
        to.destroy()
      })
      from.on('data', (bytes: Buffer) => {
        if (stalled) return
        to.write(bytes)
        if (from === upstream) passed += bytes.length
        if (passed > limit) from.destroy()
      })
    }
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return {
    port: (server.address() as AddressInfo).port,
    cut: () => {
      for (const socket of open) socket.destroy()
    },
    refuse: (value) => {
      refused = value
    },
    stall: (value) => {
      stalled = value
    },
    cutAfter: (bytes) => {
      limit = bytes
    },
    accepted: () => accepted,
    close: () =>
      new Promise((resolve) => {
        for (const socket of open) socket.destroy()
        server.close(() => resolve())
      }),
  }
}
