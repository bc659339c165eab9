import { type AddressInfo, connect, createServer, type Socket } from 'node:net'

/** A wire between a client and the API server that a test can cut. */
export interface Wire {
  port: number
  /** Ends every connection that is open, as a broken network would. */
  cut(): void
  /** While refused, no new connection comes through. */
  refuse(refused: boolean): void
  close(): Promise<void>
}

export async function startWire(target: number): Promise<Wire> {
  const open = new Set<Socket>()
  let refused = false
  const server = createServer((client) => {
    if (refused) return void client.destroy()
    const upstream = connect(target, '127.0.0.1')
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
      from.pipe(to)
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
    close: () =>
      new Promise((resolve) => {
        for (const socket of open) socket.destroy()
        server.close(() => resolve())
      }),
  }
}
