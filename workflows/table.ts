import type { NodeStatus, RunStatus } from './status.ts'

/** Rows shown; the Web UI takes 20,000 bytes, and nobody reads more. Nodes that need a look come first. */
const MAX_ROWS = 60

const order: readonly NodeStatus['phase'][] = [
  'Failed',
  'Running',
  'Cancelled',
  'Pending',
  'Skipped',
  'Succeeded',
]

/** A run as the Markdown table that the Temporal Web UI shows as its current details. */
export function toTable(status: RunStatus): string {
  const counts = order.flatMap((phase) => {
    const count = status.nodes.filter((node) => node.phase === phase).length
    return count > 0 ? [`${count} ${phase}`] : []
  })
  const wide = status.nodes.length > MAX_ROWS
  const sorted = wide
    ? status.nodes.toSorted((a, b) => order.indexOf(a.phase) - order.indexOf(b.phase))
    : status.nodes
  const rows = sorted.slice(0, MAX_ROWS).map(row)
  return [
    `**${status.phase}** · ${counts.join(', ') || 'no nodes yet'}${status.message ? ` · ${cell(status.message)}` : ''}`,
    '',
    ...(rows.length > 0
      ? ['| node | phase | attempt | job | what happened |', '|---|---|---|---|---|', ...rows]
      : []),
    ...(wide ? ['', `… and ${status.nodes.length - MAX_ROWS} more`] : []),
    ...status.warnings.map((warning) => `\n> ${cell(warning)}`),
    // The Web UI cuts off the last line of what it shows.
    '\n\u00a0',
  ].join('\n')
}

function row(node: NodeStatus): string {
  const attempt = node.attempts.at(-1)
  const said = node.message ?? attempt?.message ?? stepOf(node)
  return `| ${[node.id, node.phase, attempt?.number ?? '', attempt?.object.name ?? '', said].map(cell).join(' | ')} |`
}

/** How far a sequence has come, where nothing else is to be said of it. */
function stepOf(node: NodeStatus): string {
  const steps = node.attempts.at(-1)?.steps ?? []
  const done = steps.filter(({ phase }) => phase === 'Succeeded').length
  return steps.length > 0 ? `${done} of ${steps.length} steps` : ''
}

/** Text of the author's as one cell: no line break or bar may break the table, no mark may become markup. */
function cell(text: string | number): string {
  const flat = String(text).replace(/\s+/g, ' ').slice(0, 200)
  return flat.replace(/[|<>`*_[\]\\]/g, (mark) => `\\${mark}`)
}
