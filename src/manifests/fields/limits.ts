/** At the HTTP door too. The etcd limit per object is 1.5 MiB, so this is room for several. */
export const MAX_TEXT_BYTES = 3 * 1024 * 1024
/** A reply carries a result per document, and every document costs calls to the API server. */
export const MAX_DOCUMENTS = 100
/** As JSON. etcd refuses objects of 1.5 MiB; our status, labels and managedFields need room in it too. */
export const MAX_MANIFEST_BYTES = 1024 * 1024
/** Levels of lists and maps. The deepest field of a Job that Kubernetes knows is under 20 levels down. */
export const MAX_DEPTH = 100
/** Per document. Whoever has more to mend has made one mistake many times. */
export const MAX_ISSUES = 100
