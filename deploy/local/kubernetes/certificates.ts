import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import forge from 'node-forge'
import type { Layout } from '../layout.ts'
import type { Identity } from './https.ts'
import { makeAuthority, type Signed, sign } from './sign-certificate.ts'

export interface Pair {
  cert: string
  key: string
}

/**
 * The files with which etcd, the kubelet and the API server authenticate each other. No other user of the machine can
 * read them.
 */
export interface Certificates {
  /** The certificate that signed all others. Its key is not stored, so nobody can sign another one. */
  authority: string
  etcd: Pair
  kubelet: Pair
  /** Its holder may read and change everything in etcd, and run anything in any container. */
  apiServer: Pair
}

export function certificatesOf({ stateDir }: Layout): Certificates {
  const folder = folderOf(stateDir)
  const pair = (name: string): Pair => ({
    cert: join(folder, `${name}.crt`),
    key: join(folder, `${name}.key`),
  })
  return {
    authority: join(folder, 'authority.crt'),
    etcd: pair('etcd'),
    kubelet: pair('kubelet'),
    apiServer: pair('apiserver'),
  }
}

/**
 * Without client certificates, etcd and the kubelet serve every user of the machine who reaches their ports, with
 * root's rights. With them, both serve the API server only, and the API server connects to nothing else.
 */
export function ensureCertificates(layout: Layout): void {
  const { authority, etcd, kubelet, apiServer } = certificatesOf(layout)
  // Written last: it marks the set as complete.
  if (existsSync(authority)) return
  mkdirSync(folderOf(layout.stateDir), { recursive: true, mode: 0o700 })
  const root = makeAuthority()
  // etcd connects to itself to serve requests in JSON.
  write(etcd, sign(root, 'etcd', ['serverAuth', 'clientAuth']))
  write(kubelet, sign(root, 'kubelet', ['serverAuth']))
  write(apiServer, sign(root, 'kube-apiserver', ['clientAuth']))
  writeFileSync(authority, forge.pki.certificateToPem(root.certificate), { mode: 0o600 })
}

/** The client certificate of the API server, and the authority that it trusts. */
export function identityOf(layout: Layout): Identity {
  const { authority, apiServer } = certificatesOf(layout)
  const read = (file: string): string => readFileSync(file, 'utf8')
  return { ca: read(authority), cert: read(apiServer.cert), key: read(apiServer.key) }
}

/** Every start of a whole stack makes new certificates, because kept ones would expire unnoticed. */
export const removeCertificates = ({ stateDir }: Layout): void =>
  rmSync(folderOf(stateDir), { recursive: true, force: true })

const folderOf = (stateDir: string): string => join(stateDir, 'pki', 'parts')

function write({ cert, key }: Pair, signed: Signed): void {
  writeFileSync(cert, forge.pki.certificateToPem(signed.certificate), { mode: 0o600 })
  writeFileSync(key, signed.key, { mode: 0o600 })
}
