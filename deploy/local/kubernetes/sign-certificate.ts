import { generateKeyPairSync, randomBytes } from 'node:crypto'
import forge from 'node-forge'

/** No stack runs for this long without a restart. */
const VALID_FOR_YEARS = 10
/** For a clock that is set back after the start. */
const VALID_BEFORE_DAYS = 7
const DAY_MS = 86_400_000

export interface Signed {
  certificate: forge.pki.Certificate
  /** In PEM. */
  key: string
}

export function makeAuthority(): Signed {
  const { certificate, key } = begin('millrace')
  certificate.setIssuer(certificate.subject.attributes)
  certificate.setExtensions([
    { name: 'basicConstraints', cA: true, critical: true },
    { name: 'keyUsage', keyCertSign: true, critical: true },
  ])
  certificate.sign(forge.pki.privateKeyFromPem(key), forge.md.sha256.create())
  return { certificate, key }
}

/** For a component that serves on loopback or connects to others there. */
export function sign(authority: Signed, name: string, usages: ('serverAuth' | 'clientAuth')[]): Signed {
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

/** Values of GeneralName in RFC 5280. */
const DNS_NAME = 2
const IP_ADDRESS = 7

/** An unsigned certificate with a new key. */
function begin(name: string): Signed {
  const { publicKey, privateKey } = generateKeyPairSync('rsa', {
    modulusLength: 2048,
    publicKeyEncoding: { type: 'spki', format: 'pem' },
    privateKeyEncoding: { type: 'pkcs1', format: 'pem' },
  })
  const certificate = forge.pki.createCertificate()
  certificate.publicKey = forge.pki.publicKeyFromPem(publicKey)
  // A serial number is positive: its first bit is 0.
  certificate.serialNumber = `01${randomBytes(15).toString('hex')}`
  certificate.validity.notBefore = new Date(Date.now() - VALID_BEFORE_DAYS * DAY_MS)
  certificate.validity.notAfter = new Date(Date.now() + VALID_FOR_YEARS * 365 * DAY_MS)
  certificate.setSubject([{ name: 'commonName', value: name }])
  return { certificate, key: privateKey }
}
