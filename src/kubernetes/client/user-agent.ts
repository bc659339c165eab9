import { readFileSync } from 'node:fs'

const { version }: { version: string } = JSON.parse(
  readFileSync(new URL('../../package.json', import.meta.url), 'utf8'),
)

/** How we are named in the API server's audit log, and as the manager of the fields that we set. */
export const userAgent = `millrace/${version}`
