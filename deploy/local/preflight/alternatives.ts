/** What works where the local Kubernetes cannot run. Each is the part of a sentence after "or". */
export const ownCluster = 'use a cluster of yours: `npm start -- --context NAME`'
export const containers = 'run everything in containers: `docker compose up --build`'

export const withoutKubernetes = `${ownCluster}, or ${containers}`
