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

/** Files by which etcd, the kubelet and the API server know each other, and nobody else of the machine. */
export interface Certificates {
  /** The certificate that has signed all others. Its key is kept nowhere: nobody can ever sign one more. */
  authority: string
  etcd: Pair
  kubelet: Pair
  /** Who shows this one may read and change everything in etcd, and run anything in any container. */
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
 * Without any user of its own, etcd serves everybody who reaches its port, and so does a kubelet: root, for every user
 * of the machine. With these, each of them serves the API server alone, and the API server speaks to no other.
 */
export function ensureCertificates(layout: Layout): void {
  const { authority, etcd, kubelet, apiServer } = certificatesOf(layout)
  // Written last.
  if (existsSync(authority)) return
  mkdirSync(folderOf(layout.stateDir), { recursive: true, mode: 0o700 })
  const root = makeAuthority()
  // etcd asks itself, when it is spoken to in JSON.
  write(etcd, sign(root, 'etcd', ['serverAuth', 'clientAuth']))
  write(kubelet, sign(root, 'kubelet', ['serverAuth']))
  write(apiServer, sign(root, 'kube-apiserver', ['clientAuth']))
  writeFileSync(authority, forge.pki.certificateToPem(root.certificate), { mode: 0o600 })
}

/** What the API server shows, and whom it believes. */
export function identityOf(layout: Layout): Identity {
  const { authority, apiServer } = certificatesOf(layout)
  const read = (file: string): string => readFileSync(file, 'utf8')
  return { ca: read(authority), cert: read(apiServer.cert), key: read(apiServer.key) }
}

/** At every start of a whole stack they are made anew: those that were kept would end one day, in silence. */
export const removeCertificates = ({ stateDir }: Layout): void =>
  rmSync(folderOf(stateDir), { recursive: true, force: true })

const folderOf = (stateDir: string): string => join(stateDir, 'pki', 'parts')

function write({ cert, key }: Pair, signed: Signed): void {
  writeFileSync(cert, forge.pki.certificateToPem(signed.certificate), { mode: 0o600 })
  writeFileSync(key, signed.key, { mode: 0o600 })
}
