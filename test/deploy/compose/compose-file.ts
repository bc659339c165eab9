import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { parse } from 'yaml'

export const root = join(import.meta.dirname, '../../..')

export interface Service {
  image: string
  build?: { dockerfile: string }
  command?: string[]
  entrypoint?: string[]
  environment?: Record<string, string>
  hostname?: string
  depends_on?: Record<string, { condition: string }>
  volumes?: string[]
  configs?: { source: string; target: string }[]
  ports?: string[]
  networks?: string[] | Record<string, { ipv4_address?: string }>
  healthcheck?: Healthcheck
  restart: string
}

interface Healthcheck {
  test: string[]
  interval: string
  timeout: string
  start_period: string
  retries: number
}

export interface ComposeFile {
  services: Record<string, Service>
  volumes: Record<string, unknown>
  networks: Record<string, { ipam?: { config: { subnet: string; gateway: string; ip_range: string }[] } }>
  configs: Record<string, { content: string }>
}

/** docker-compose.yml as Compose reads it, with the user's variables. */
export const readComposeFile = (env: Record<string, string> = {}): ComposeFile =>
  parse(interpolated(readFileSync(join(root, 'docker-compose.yml'), 'utf8'), env), { merge: true })

/** Replaces `${NAME:-default}` and `$$`, the forms that the file uses. Throws at any other dollar. */
function interpolated(text: string, env: Record<string, string>): string {
  return text.replace(/\$(?:(\$)|\{(\w+):-([^{}]*)\}|)/g, (whole, dollar, name, otherwise) => {
    if (dollar) return dollar
    if (name) return env[name] || otherwise
    throw new Error(`docker-compose.yml contains "${whole}", which is neither $$ nor \${NAME:-default}`)
  })
}

/** Whether the service is a job: it does its work, ends, and may be restarted. */
export const isJob = ({ restart }: Service): boolean => restart.startsWith('on-failure')

export const serviceOf = ({ services }: ComposeFile, name: string): Service => {
  const service = services[name]
  if (!service) throw new Error(`docker-compose.yml has no service ${name}`)
  return service
}

export const addressOf = ({ networks }: Service, network: string): string | undefined =>
  Array.isArray(networks) ? undefined : networks?.[network]?.ipv4_address

/** Services without a list are in the network `default`. */
export const networksOf = ({ networks = ['default'] }: Service): string[] =>
  Array.isArray(networks) ? networks : Object.keys(networks)
