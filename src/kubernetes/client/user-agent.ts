import { readFileSync } from 'node:fs'

const { version }: { version: string } = JSON.parse(
  readFileSync(new URL('../../../package.json', import.meta.url), 'utf8'),
)

/** Our name in the API server's audit log, and as field manager. */
export const userAgent = `millrace/${version}`
