import { type AddressInfo, connect, createServer, type Socket } from 'node:net'

/** Between a process of Millrace and a server. TLS passes through unchanged. */
export interface TcpProxy {
  port: number
  /** Closes every open connection, as a broken network would. */
  cut(): void
  /** Forwards nothing, not even the end of a connection, as when packets are dropped. */
  hold(): void
  /** Forwards everything that was held, late but complete. */
  release(): void
  close(): Promise<void>
}

export async function startTcpProxy(target: number): Promise<TcpProxy> {
  const open = new Set<Socket>()
  let held: PromiseWithResolvers<void> | undefined
  const server = createServer({ pauseOnConnect: true }, async (client) => {
    client.on('error', () => undefined)
    open.add(client)
    await held?.promise
    const upstream = connect(target, '127.0.0.1')
    open.add(upstream)
    join(client, upstream)
    join(upstream, client)
    client.resume()
  })

  function join(from: Socket, to: Socket): void {
    from.on('error', () => undefined)
    from.on('data', (bytes: Buffer) => to.write(bytes))
    from.on('close', async () => {
      open.delete(from)
      await held?.promise
      to.destroy()
    })
  }

  const release = (): void => {
    for (const socket of open) socket.resume()
    held?.resolve()
    held = undefined
  }
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return {
    port: (server.address() as AddressInfo).port,
    cut() {
      for (const socket of open) socket.destroy()
    },
    hold() {
      held ??= Promise.withResolvers()
      for (const socket of open) socket.pause()
    },
    release,
    async close() {
      release()
      for (const socket of open) socket.destroy()
      await new Promise<void>((resolve) => server.close(() => resolve()))
    },
  }
}
