import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { readComposeFile, serviceOf } from './compose-file.ts'

/** The health check command of a service in docker-compose.yml. */
export function checkOf(name: string, env: Record<string, string> = {}): string[] {
  const [kind, ...command] = serviceOf(readComposeFile(env), name).healthcheck?.test ?? []
  if (kind !== 'CMD') throw new Error(`${name} has no health check of kind CMD`)
  return command
}

export function urlIn(command: string[]): URL {
  const [url] = /https?:\/\/[^'"]+/.exec(command.join(' ')) ?? []
  if (!url) throw new Error(`no URL in: ${command.join(' ')}`)
  return new URL(url)
}

/** The same command for the same path on another port. */
export const onPort = (command: string[], port: number): string[] =>
  command.map((word) => word.replace(urlIn(command).host, `127.0.0.1:${port}`))

/** Runs a check with this process's Node instead of the image's. 0 is healthy. */
export async function runCheck([program, ...args]: string[]): Promise<number> {
  if (program !== 'node') throw new Error(`a health check must run node, not ${program}`)
  const child = spawn(process.execPath, args, { env: {}, stdio: 'ignore' })
  const [code] = await once(child, 'exit')
  return code
}
