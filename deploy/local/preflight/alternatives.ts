/** What works where the local Kubernetes cannot run. Each is the part of a sentence after "or". */
export const ownCluster = 'use your own cluster: `npm start -- --context NAME`'
export const containers = 'run everything in containers: `docker compose up --build`'

export const withoutKubernetes = `${ownCluster}, or ${containers}`
