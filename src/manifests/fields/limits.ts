/** Also the limit of an HTTP body. etcd limits an object to 1.5 MiB, so several objects fit. */
export const MAX_TEXT_BYTES = 3 * 1024 * 1024
/** The reply has a result per document, and each document costs calls to the API server. */
export const MAX_DOCUMENTS = 100
/** Size as JSON. etcd refuses objects over 1.5 MiB; status, labels and managedFields need room too. */
export const MAX_MANIFEST_BYTES = 1024 * 1024
/** Levels of lists and maps. The deepest field of a Kubernetes Job is under 20 levels deep. */
export const MAX_DEPTH = 100
/** Per document. A document with more issues repeats the same mistake. */
export const MAX_ISSUES = 100
