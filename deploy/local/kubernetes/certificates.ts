import { generateKeyPairSync, randomBytes } from 'node:crypto'
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import forge from 'node-forge'
import type { Layout } from '../layout.ts'
import type { Identity } from './https.ts'

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

/** No stack runs for this long without a start. */
const VALID_FOR_YEARS = 10
/** For a clock that is set back after the start. */
const VALID_BEFORE_DAYS = 7
const DAY_MS = 86_400_000

interface Signed {
  certificate: forge.pki.Certificate
  /** In PEM. */
  key: string
}

function makeAuthority(): Signed {
  const { certificate, key } = begin('millrace')
  certificate.setIssuer(certificate.subject.attributes)
  certificate.setExtensions([
    { name: 'basicConstraints', cA: true, critical: true },
    { name: 'keyUsage', keyCertSign: true, critical: true },
  ])
  certificate.sign(forge.pki.privateKeyFromPem(key), forge.md.sha256.create())
  return { certificate, key }
}

/** For a part that is reached on loopback, or reaches others there. */
function sign(authority: Signed, name: string, usages: ('serverAuth' | 'clientAuth')[]): Signed {
  const { certificate, key } = begin(name)
  certificate.setIssuer(authority.certificate.subject.attributes)
  certificate.setExtensions([
    { name: 'basicConstraints', cA: false, critical: true },
    { name: 'keyUsage', digitalSignature: true, keyEncipherment: true, critical: true },
    { name: 'extKeyUsage', ...Object.fromEntries(usages.map((usage) => [usage, true])) },
    {
      name: 'subjectAltName',
      altNames: [
        { type: DNS_NAME, value: 'localhost' },
        { type: IP_ADDRESS, ip: '127.0.0.1' },
      ],
    },
  ])
  certificate.sign(forge.pki.privateKeyFromPem(authority.key), forge.md.sha256.create())
  return { certificate, key }
}

/** Of GeneralName in RFC 5280. */
const DNS_NAME = 2
const IP_ADDRESS = 7

/** A certificate that nobody has signed yet, of a new key. */
function begin(name: string): Signed {
  const { publicKey, privateKey } = generateKeyPairSync('rsa', {
    modulusLength: 2048,
    publicKeyEncoding: { type: 'spki', format: 'pem' },
    privateKeyEncoding: { type: 'pkcs1', format: 'pem' },
  })
  const certificate = forge.pki.createCertificate()
  certificate.publicKey = forge.pki.publicKeyFromPem(publicKey)
  // A number is positive: its first bit is none.
  certificate.serialNumber = `01${randomBytes(15).toString('hex')}`
  certificate.validity.notBefore = new Date(Date.now() - VALID_BEFORE_DAYS * DAY_MS)
  certificate.validity.notAfter = new Date(Date.now() + VALID_FOR_YEARS * 365 * DAY_MS)
  certificate.setSubject([{ name: 'commonName', value: name }])
  return { certificate, key: privateKey }
}

function write({ cert, key }: Pair, signed: Signed): void {
  writeFileSync(cert, forge.pki.certificateToPem(signed.certificate), { mode: 0o600 })
  writeFileSync(key, signed.key, { mode: 0o600 })
}
