/**
 * One end of a connection in a network namespace, for network.test.ts. `serve host:port…` answers every connection
 * with both addresses and prints `serving`; `ask host:port ms` prints the answer, or the error; `open` and `close`
 * take a layout.
 */
import { connect, createServer } from 'node:net'
import { setUpNetwork, tearDownNetwork } from '../../../../deploy/local/kubernetes/network/network.ts'

const split = (address: string): { host: string; port: number } => {
  const [host = '', port = ''] = address.split(':')
  return { host, port: Number(port) }
}

async function serve(addresses: string[]): Promise<void> {
  for (const address of addresses) {
    const server = createServer((socket) => {
      socket.on('error', () => undefined)
      socket.end(`${address} answers ${socket.remoteAddress}`)
    })
    await new Promise<void>((resolve) => server.listen(split(address), resolve))
  }
  console.log('serving')
  // Ends with the process that started it.
  process.stdin.on('end', () => process.exit()).resume()
}

function ask(address: string, withinMs: number): void {
  const socket = connect(split(address))
  const timer = setTimeout(() => socket.destroy(new Error('no answer')), withinMs)
  socket.on('data', (text) => console.log(String(text)))
  socket.on('close', () => clearTimeout(timer))
  socket.on('error', (error) => console.log(error.message))
}

const [verb, ...rest] = process.argv.slice(2)
if (verb === 'serve') await serve(rest)
if (verb === 'ask') ask(rest[0] ?? '', Number(rest[1]))
if (verb === 'open') await setUpNetwork(JSON.parse(rest[0] ?? ''))
if (verb === 'close') await tearDownNetwork(JSON.parse(rest[0] ?? ''))
