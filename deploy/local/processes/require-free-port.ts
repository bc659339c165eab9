import { connect } from 'node:net'

/** Throws when another process listens on a loopback port that a component needs. */
export async function requireFreePort(port: number, user: string): Promise<void> {
  const taken = await new Promise<boolean>((resolve) => {
    const socket = connect({ port, host: '127.0.0.1' })
    socket.once('connect', () => resolve(true)).once('error', () => resolve(false))
    socket.once('close', () => resolve(false))
    setTimeout(() => socket.destroy(), 1_000).unref()
    socket.once('connect', () => socket.destroy())
  })
  if (taken) {
    throw new Error(
      `Port ${port}, which ${user} needs, is in use: \`ss -ltnp 'sport = :${port}'\` shows the process. Stop it, then try again`,
    )
  }
}
