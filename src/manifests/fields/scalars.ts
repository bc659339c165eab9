import { z } from 'zod'
import type { Json } from '../../lib/json.ts'

/** Any JSON, unchecked: the schemas only receive values that were parsed from JSON or YAML. */
export const anyJson = z.custom<Json>()

const LABEL = '[a-z0-9]([-a-z0-9]*[a-z0-9])?'

/** Names of containers, volumes and namespaces in Kubernetes (RFC 1123 label). */
export const MAX_DNS_LABEL = 63
export const dnsLabel = z
  .string()
  .max(MAX_DNS_LABEL, `must be at most ${MAX_DNS_LABEL} characters`)
  .regex(
    new RegExp(`^${LABEL}$`),
    'must be lower case letters, digits and "-", with a letter or digit at both ends',
  )
  .meta({ examples: ['extract'] })

/** Names of Services (RFC 1035 label), which must not begin with a digit. */
export const dns1035Label = z
  .string()
  .max(MAX_DNS_LABEL, `must be at most ${MAX_DNS_LABEL} characters`)
  .regex(
    /^[a-z]([-a-z0-9]*[a-z0-9])?$/,
    'must be lower case letters, digits and "-", with a letter first and a letter or digit last',
  )
  .meta({ examples: ['web'] })

/** Part of a container's name, so its limit may be shorter. */
export const outputName = (max: number): z.ZodString =>
  z
    .string()
    .max(max, `must be at most ${max} characters`)
    .regex(
      /^[a-z0-9]([-a-z0-9]*[a-z0-9])?$/,
      'must be lower case letters, digits and "-", with a letter or digit at both ends',
    )
    .meta({ examples: ['warehouse'] })

/** Names of objects in Kubernetes (RFC 1123 subdomain). */
export const MAX_DNS_SUBDOMAIN = 253
const SUBDOMAIN = `${LABEL}(\\.${LABEL})*`
const SUBDOMAIN_RULE = 'must be lower case letters, digits, "-" and ".", with a letter or digit at both ends'
export const dnsSubdomain = z
  .string()
  .max(MAX_DNS_SUBDOMAIN, `must be at most ${MAX_DNS_SUBDOMAIN} characters`)
  .regex(new RegExp(`^${SUBDOMAIN}$`), SUBDOMAIN_RULE)
  .meta({ examples: ['nightly'] })

/** A reference to an object by name. Go's types write '' for "none". */
export const optionalName = z
  .string()
  .max(MAX_DNS_SUBDOMAIN, `must be at most ${MAX_DNS_SUBDOMAIN} characters`)
  .regex(new RegExp(`^(${SUBDOMAIN})?$`), SUBDOMAIN_RULE)

/** The Job API counts in int32. */
const MAX_INT32 = 2_147_483_647
export const count = z.int('must be a whole number').min(0).max(MAX_INT32)
/** The Job API has int64 seconds. Numbers that JSON cannot hold exactly are refused before this check. */
export const seconds = z.int('must be a whole number').min(0)

/**
 * An image reference of container runtimes: [registry[:port]/]path[:tag][@digest]. No repetition is
 * ambiguous, so matching stays linear.
 */
const HOST_PART = '[a-zA-Z0-9]+(-+[a-zA-Z0-9]+)*'
const HOST = `(${HOST_PART}(\\.${HOST_PART})*|\\[[a-fA-F0-9:]+\\])(:[0-9]+)?`
const PATH_PART = '[a-z0-9]+((\\.|_|__|-+)[a-z0-9]+)*'
const TAG = '[a-zA-Z0-9_][a-zA-Z0-9_.-]{0,127}'
const DIGEST = '[a-zA-Z][a-zA-Z0-9]*([-_+.][a-zA-Z][a-zA-Z0-9]*)*:[0-9a-fA-F]{32,}'
export const imageReference = z
  .string()
  .regex(
    new RegExp(`^(${HOST}/)?${PATH_PART}(/${PATH_PART})*(:${TAG})?(@${DIGEST})?$`),
    'is not an image reference: write one like busybox:1.28 or registry.example.com/team/tool:1.0',
  )
  .meta({ examples: ['busybox:1.28'] })

/** Names of labels and annotations: an optional DNS prefix and "/", then up to 63 characters. */
const NAME_PART = '[A-Za-z0-9]([-A-Za-z0-9_.]{0,61}[A-Za-z0-9])?'
const qualifiedName = z
  .string()
  .regex(
    new RegExp(`^(${SUBDOMAIN}/)?${NAME_PART}$`),
    'must be a name of at most 63 letters, digits, "-", "_" and ".", optionally after a DNS name and "/"',
  )

const labelValue = z
  .string()
  .regex(
    new RegExp(`^(${NAME_PART})?$`),
    'must be at most 63 letters, digits, "-", "_" and ".", with a letter or digit at both ends',
  )

export const labels = z.record(qualifiedName, labelValue)
export const annotations = z.record(qualifiedName, z.string())
