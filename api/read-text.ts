import type { Context } from 'hono'
import { HTTPException } from 'hono/http-exception'

/** The last one is what curl says of `--data-binary` when it is told nothing; the body is YAML all the same. */
export const manifestTypes = [
  'application/yaml',
  'application/x-yaml',
  'text/yaml',
  'text/x-yaml',
  'application/json',
  'text/plain',
  'application/x-www-form-urlencoded',
] as const

/** The body of a request that carries manifests. HTTPException 415 for what cannot be one. */
export async function readText(c: Context): Promise<string> {
  const type = c.req.header('content-type')?.split(';')[0]?.trim().toLowerCase()
  if (type !== undefined && type !== '' && !manifestTypes.some((each) => each === type)) {
    const message = `Content-Type ${type} is not taken here: use application/yaml or application/json, with curl: --data-binary @file.yaml`
    throw new HTTPException(415, { message })
  }
  return c.req.text()
}
