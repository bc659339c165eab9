import type { Context } from 'hono'
import { HTTPException } from 'hono/http-exception'

/** The last one is curl's default for `--data-binary`; the body is YAML all the same. */
export const manifestTypes = [
  'application/yaml',
  'application/x-yaml',
  'text/yaml',
  'text/x-yaml',
  'application/json',
  'text/plain',
  'application/x-www-form-urlencoded',
] as const

/** The body of a request with manifests. Throws HTTPException 415 for another Content-Type. */
export async function readText(c: Context): Promise<string> {
  const type = c.req.header('content-type')?.split(';')[0]?.trim().toLowerCase()
  if (type !== undefined && type !== '' && !manifestTypes.some((each) => each === type)) {
    const message = `Content-Type ${type} is not supported: use application/yaml or application/json, with curl: --data-binary @file.yaml`
    throw new HTTPException(415, { message })
  }
  return c.req.text()
}
