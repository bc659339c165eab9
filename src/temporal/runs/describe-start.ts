import { escapeMarkdown, onOneLine } from '../../lib/markdown.ts'
import type { PlanNode } from '../../model/plan.ts'
import type { RunStart } from '../../operations/ports/runs.ts'

/** The server's limit is 400 bytes, and a list has room for about half of that. */
const MAX_SUMMARY_BYTES = 200
/** Nobody reads a table of a thousand rows, and Temporal limits details to 20,000 bytes. */
const MAX_ROWS = 50
const MAX_CELL = 120

/** One line for the list of Temporal's Web UI. */
export function summaryOf({ run, plan, definition }: RunStart): string {
  const count = plan.nodes.length === 1 ? '1 node' : `${plan.nodes.length} nodes`
  const origin = definition === undefined ? '' : ` of ${definition}`
  return clipBytes(`${run.kind} ${run.namespace}/${run.name}${origin}: ${count}`, MAX_SUMMARY_BYTES)
}

/** Markdown for the run's page: what was requested, what started it, and where to find more. */
export function detailsOf(start: RunStart, link: string | undefined): string {
  const { run, plan, definition, trigger, warnings } = start
  const facts = [
    `**${run.kind}** \`${run.name}\` in namespace \`${run.namespace}\``,
    `Started by: ${trigger}${definition === undefined ? '' : `, from definition \`${definition}\``}`,
    `\`kubectl get ${run.kind.toLowerCase()} ${run.name} -n ${run.namespace} -o yaml\``,
    ...(link === undefined ? [] : [`[Status and logs](${link})`]),
  ]
  const rows = plan.nodes.slice(0, MAX_ROWS).map(rowOf)
  const rest = plan.nodes.length - rows.length
  return [
    facts.join('\n\n'),
    ['| node | type | after |', '| --- | --- | --- |', ...rows].join('\n'),
    ...(rest > 0 ? [`and ${rest} more`] : []),
    ...(warnings.length === 0
      ? []
      : [`**Warnings**\n\n${warnings.slice(0, MAX_ROWS).map(bullet).join('\n')}`]),
    // The Web UI cuts off the last line of what it shows.
    '\u00a0',
  ].join('\n\n')
}

const rowOf = ({ id, type, needs }: PlanNode): string =>
  `| ${cell(id)} | ${type} | ${needs.length === 0 ? '' : cell(needs.join(', '))} |`

const bullet = (warning: string): string => `- ${cell(warning)}`

/** The author's text as one table cell, without line breaks, bars or tags that Markdown would read. */
function cell(text: string): string {
  const flat = escapeMarkdown(onOneLine(text))
  return flat.length <= MAX_CELL ? flat : `${flat.slice(0, MAX_CELL - 1)}…`
}

function clipBytes(text: string, max: number): string {
  const bytes = Buffer.from(text, 'utf8')
  return bytes.length <= max
    ? text
    : `${bytes
        .subarray(0, max - 4)
        .toString('utf8')
        .replace(/\uFFFD+$/, '')}…`
}
