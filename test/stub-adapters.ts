/** Stands for the adapters that nobody can pull any more: each says its arguments, and leaves them in the workspace. */
const stub = {
  image: 'busybox:1.28',
  imagePullPolicy: 'IfNotPresent',
  command: ['sh', '-c', 'echo "$@"; echo "$@" >>/workspace/trail', 'adapter'],
}

/** apiServer is left as it is: an image that cannot be pulled. */
export const stubAdapters = {
  elasticSearch: stub,
  api: stub,
  ftp: stub,
  kafka: stub,
  email: stub,
  custom: { imagePullPolicy: 'IfNotPresent' },
}
