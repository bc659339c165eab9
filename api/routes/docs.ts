import { readFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { OpenAPIHono } from '@hono/zod-openapi'
import type { ApiEnv } from '../deps.ts'
import { description } from '../description.ts'

/** The files of the package that the page needs; no others are served. */
const assets = {
  'swagger-ui.css': 'text/css; charset=utf-8',
  'swagger-ui-bundle.js': 'text/javascript; charset=utf-8',
  'favicon-32x32.png': 'image/png',
} as const
const isAsset = (name: string): name is keyof typeof assets => Object.hasOwn(assets, name)

/** Scripts and connections only from this server. Swagger UI needs inline styles and data URLs. */
const POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self' 'unsafe-inline'",
  "img-src 'self' data:",
  "connect-src 'self'",
  "base-uri 'none'",
  "frame-ancestors 'none'",
].join('; ')

const page = `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Millrace API</title>
<link rel="icon" href="docs/favicon-32x32.png">
<link rel="stylesheet" href="docs/swagger-ui.css">
</head>
<body>
<div id="swagger-ui"></div>
<script src="docs/swagger-ui-bundle.js"></script>
<script src="docs/start.js"></script>
</body>
</html>
`

/** The policy forbids inline scripts. `validatorUrl` would send the document to a third party. */
const startScript = `window.ui = SwaggerUIBundle({
  url: 'openapi.json',
  dom_id: '#swagger-ui',
  deepLinking: true,
  validatorUrl: null,
})
`

/** A viewer for /openapi.json that works without internet access. */
export const docsRoutes = () =>
  new OpenAPIHono<ApiEnv>()
    .get('/', (c) =>
      c.req.header('accept')?.includes('text/html')
        ? c.redirect('/docs')
        : c.json({ name: 'millrace', version: description.version, docs: '/docs', openapi: '/openapi.json' }),
    )
    .get('/docs', (c) => c.html(page, 200, { 'Content-Security-Policy': POLICY }))
    .get('/docs/start.js', (c) =>
      c.body(startScript, 200, { 'Content-Type': 'text/javascript; charset=utf-8' }),
    )
    .get('/docs/:asset', async (c) => {
      const name = c.req.param('asset')
      if (!isAsset(name)) return c.notFound()
      const headers = { 'Content-Type': assets[name], 'Cache-Control': 'public, max-age=86400' }
      return c.body(await readFile(join(packageFolder(), name)), 200, headers)
    })

const packageFolder = (): string =>
  dirname(createRequire(import.meta.url).resolve('swagger-ui-dist/package.json'))
