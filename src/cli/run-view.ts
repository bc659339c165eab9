import type { NodeStatus, RunStatus } from '../model/run-status.ts'

const marks: Record<NodeStatus['phase'], string> = {
  Pending: '·',
  Running: '▶',
  Succeeded: '✔',
  Failed: '✘',
  Cancelled: '■',
  Skipped: '–',
}

/** Renders a run as lines for a terminal: the run first, then one aligned line per node and step. */
export function runView(run: RunStatus, nowMs: number): string[] {
  const width = Math.max(0, ...run.nodes.map(({ id }) => id.length))
  const head = `${run.kind} ${run.name}: ${run.phase}${run.message ? ` (${run.message})` : ''}`
  return [head, ...run.nodes.flatMap((node) => [nodeLine(node, width, nowMs), ...stepLines(node)])]
}

function nodeLine(node: NodeStatus, width: number, nowMs: number): string {
  const attempt = node.attempts.at(-1)
  const time = attempt?.startedAt ? seconds(attempt.startedAt, attempt.endedAt, nowMs) : ''
  const waits = node.phase === 'Pending' && node.needs.length > 0 ? `after ${node.needs.join(', ')}` : ''
  const said = node.message ?? attempt?.message ?? waits
  return `  ${marks[node.phase]} ${node.id.padEnd(width)}  ${node.phase.padEnd(9)} ${time.padStart(6)}  ${said}`.trimEnd()
}

/** The steps of a sequence, from its latest attempt. */
function stepLines(node: NodeStatus): string[] {
  const steps = node.attempts.at(-1)?.steps ?? []
  const width = Math.max(0, ...steps.map(({ name }) => name.length))
  return steps.map(({ name, phase, message, exitCode }) => {
    const said = exitCode ? `exit code ${exitCode}` : (message ?? '')
    return `      ${marks[phase]} ${name.padEnd(width)}  ${phase.padEnd(9)}  ${said}`.trimEnd()
  })
}

function seconds(startedAt: string, endedAt: string | undefined, nowMs: number): string {
  const ms = (endedAt ? Date.parse(endedAt) : nowMs) - Date.parse(startedAt)
  return `${Math.max(0, ms / 1000).toFixed(0)} s`
}
