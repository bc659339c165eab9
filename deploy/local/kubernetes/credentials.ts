import { generateKeyPairSync, randomBytes } from 'node:crypto'
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { type Layout, localUrl } from '../layout.ts'
import { ensureCertificates } from './certificates.ts'

export interface Paths {
  /** Where the API server writes its self-signed certificate. */
  apiServerCerts: string
  apiServerCert: string
  serviceAccountKey: string
  tokens: string
  /** For users and for Millrace. */
  kubeconfig: string
}

export function pathsOf({ stateDir }: Layout): Paths {
  const apiServerCerts = join(stateDir, 'pki', 'apiserver')
  return {
    apiServerCerts,
    apiServerCert: join(apiServerCerts, 'apiserver.crt'),
    serviceAccountKey: join(stateDir, 'pki', 'service-account.key'),
    tokens: join(stateDir, 'pki', 'tokens.csv'),
    kubeconfig: join(stateDir, 'kubeconfig'),
  }
}

/**
 * Makes what is missing: the certificates of the components, the key that signs service account tokens, and the
 * administrator's token.
 */
export function ensureCredentials(layout: Layout): void {
  const paths = pathsOf(layout)
  mkdirSync(paths.apiServerCerts, { recursive: true, mode: 0o700 })
  ensureCertificates(layout)
  if (!existsSync(paths.serviceAccountKey)) {
    const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 })
    writeFileSync(paths.serviceAccountKey, privateKey.export({ type: 'pkcs1', format: 'pem' }), {
      mode: 0o600,
    })
  }
  if (!existsSync(paths.tokens)) {
    const token = randomBytes(24).toString('hex')
    writeFileSync(paths.tokens, `${token},millrace-admin,millrace-admin,"system:masters"\n`, { mode: 0o600 })
  }
}

export const adminToken = (layout: Layout): string =>
  readFileSync(pathsOf(layout).tokens, 'utf8').split(',')[0] ?? ''

/** Writes the kubeconfig. It includes the API server's self-signed certificate, so the API server must be running. */
export function writeKubeconfig(layout: Layout): void {
  const { kubeconfig, apiServerCert } = pathsOf(layout)
  const { context } = layout
  const config = {
    apiVersion: 'v1',
    kind: 'Config',
    clusters: [
      {
        name: context,
        cluster: {
          server: localUrl(layout.ports.apiServer, 'https'),
          'certificate-authority-data': readFileSync(apiServerCert).toString('base64'),
        },
      },
    ],
    users: [{ name: context, user: { token: adminToken(layout) } }],
    contexts: [{ name: context, context: { cluster: context, user: context } }],
    'current-context': context,
  }
  writeFileSync(kubeconfig, JSON.stringify(config, null, 2), { mode: 0o600 })
}
