import { execFile } from 'node:child_process'
import { createServer } from 'node:net'
import { promisify } from 'node:util'
import { withSystemPath } from '../environment/system-path.ts'

const run = promisify(execFile)

export interface WantedPort {
  port: number
  /** The component that needs it. */
  user: string
}

/** One sentence for all ports in use. `stack` is the name of the stack that is started. */
export async function portFaults(wanted: readonly WantedPort[], stack: string): Promise<string[]> {
  const looks = await Promise.all(wanted.map(async (each) => ((await isFree(each.port)) ? [] : [each])))
  const taken = looks.flat()
  if (taken.length === 0) return []
  const holders = await listenersOf(taken.map(({ port }) => port))
  const list = taken.map(({ port, user }) => {
    const holder = holders.get(port)
    return `${port} for ${user}${holder ? ` (${holder})` : ''}`
  })
  const [ports, are] = taken.length === 1 ? ['This port', 'is'] : ['These ports', 'are']
  const filter = taken.map(({ port }) => `sport = :${port}`).join(' or ')
  return [
    `${ports} ${are} in use: ${list.join(', ')}. \`ss -ltnp '${filter}'\` shows the process: stop it${beside(stack)}`,
  ]
}

/** Suggests a stack with other ports. Stacks of tests choose theirs by themselves. */
function beside(stack: string): string {
  const number = stack === 'default' ? 0 : Number(/^stack-(\d+)$/.exec(stack)?.[1])
  if (Number.isNaN(number)) return ''
  return `, or start a stack with other ports beside it: \`MILLRACE_STACK=${number + 1} npm start\``
}

/** Listening detects listeners on all addresses, including those that do not answer. */
const isFree = (port: number): Promise<boolean> =>
  new Promise((resolve) => {
    const server = createServer()
    server
      .once('error', ({ code }: NodeJS.ErrnoException) => resolve(code !== 'EADDRINUSE'))
      .listen({ port, host: '127.0.0.1' }, () => server.close(() => resolve(true)))
  })

/** Programs and processes by port, if `ss` is installed and may show them. */
async function listenersOf(ports: number[]): Promise<Map<number, string>> {
  const filter = ports.map((port) => `sport = :${port}`).join(' or ')
  try {
    const { stdout } = await run('ss', ['-Hltnp', filter], { env: withSystemPath(), timeout: 1_000 })
    return new Map(stdout.split('\n').flatMap((line) => listenerIn(line) ?? []))
  } catch {
    return new Map()
  }
}

/** For a line like: LISTEN 0 511 127.0.0.1:8080 0.0.0.0:* users:(("node",pid=42,fd=18)) */
function listenerIn(line: string): [number, string][] | undefined {
  const port = Number(/:(\d+)$/.exec(line.trim().split(/\s+/)[3] ?? '')?.[1])
  const [, program, pid] = /\("([^"]+)",pid=(\d+)/.exec(line) ?? []
  return port && program ? [[port, `by ${program}, process ${pid}`]] : undefined
}
