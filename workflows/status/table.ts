import { escapeMarkdown, onOneLine } from '../../src/lib/markdown.ts'
import type { NodePhase } from '../../src/model/phase.ts'
import type { Plan } from '../../src/model/plan.ts'
import type { NodeStatus } from '../../src/model/run-status.ts'
import { type NodeState, nodesOf, type RunState } from '../state.ts'
import { headline, nodeStatus, shownPhase } from './status.ts'

/** Rows shown: the Web UI accepts 20,000 bytes. Nodes that need attention come first. */
const MAX_ROWS = 60

const MAX_CELL = 200

const order: readonly NodePhase[] = ['Failed', 'Running', 'Cancelled', 'Pending', 'Skipped', 'Succeeded']

/**
 * A run as the Markdown table that the Temporal Web UI shows as its current details. It is built again at
 * every step, so in a wide run only the nodes that are shown are rendered.
 */
export function toTable(plan: Plan, state: RunState, warnings: readonly string[]): string {
  const { phase, message } = headline(plan, state)
  const nodes = nodesOf(state)
  const byPhase = order.map((each): { each: NodePhase; nodes: NodeState[] } => ({ each, nodes: [] }))
  const groups = Object.fromEntries(byPhase.map((group) => [group.each, group.nodes]))
  for (const node of nodes) groups[shownPhase(node)]?.push(node)
  const counts = byPhase.flatMap(({ each, nodes: { length } }) => (length > 0 ? [`${length} ${each}`] : []))
  const wide = nodes.length > MAX_ROWS
  const shown = wide ? byPhase.flatMap((one) => one.nodes.slice(0, MAX_ROWS)) : nodes
  const rows = shown.slice(0, MAX_ROWS).map((node) => row(nodeStatus(plan, state, node)))
  return [
    `**${phase}** · ${counts.join(', ') || 'no nodes yet'}${message ? ` · ${cell(message)}` : ''}`,
    '',
    ...(rows.length > 0
      ? ['| node | phase | attempt | job | what happened |', '|---|---|---|---|---|', ...rows]
      : []),
    ...(wide ? ['', `… and ${nodes.length - MAX_ROWS} more`] : []),
    ...warnings.map((warning) => `\n> ${cell(warning)}`),
    // The Web UI cuts off the last line.
    '\n\u00a0',
  ].join('\n')
}

function row(node: NodeStatus): string {
  const attempt = node.attempts.at(-1)
  const said = node.message ?? attempt?.message ?? stepOf(node)
  return `| ${[node.id, node.phase, attempt?.number ?? '', attempt?.object.name ?? '', said].map(cell).join(' | ')} |`
}

/** The progress of a sequence. */
function stepOf(node: NodeStatus): string {
  const steps = node.attempts.at(-1)?.steps ?? []
  const done = steps.filter(({ phase }) => phase === 'Succeeded').length
  return steps.length > 0 ? `${done} of ${steps.length} steps` : ''
}

/** The author's text as one cell: line breaks are removed, bars and markup are escaped. */
function cell(text: string | number): string {
  return escapeMarkdown(onOneLine(String(text)).slice(0, MAX_CELL))
}
