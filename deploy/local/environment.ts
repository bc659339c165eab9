import { homedir } from 'node:os'
import { join } from 'node:path'

/** What the stack takes from the environment; an empty variable counts as unset. */
export const environment = {
  temporalAddress: read('TEMPORAL_ADDRESS'),
  temporalNamespace: read('TEMPORAL_NAMESPACE') ?? 'default',
  temporalUiUrl: read('TEMPORAL_UI_URL'),
  context: read('MILLRACE_CONTEXT'),
  kubeconfig: read('KUBECONFIG'),
  path: (read('PATH') ?? '').split(':').filter(Boolean),
  /** Where the stack of `npm start` keeps its state. */
  stateDir: join(read('XDG_STATE_HOME') ?? join(homedir(), '.local', 'state'), 'millrace'),
  cacheDir: join(read('XDG_CACHE_HOME') ?? join(homedir(), '.cache'), 'millrace'),
}

function read(name: string): string | undefined {
  return process.env[name] || undefined
}
