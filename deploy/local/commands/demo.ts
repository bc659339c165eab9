import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { followRun } from '../../../src/cli/follow-run.ts'
import type { RunStatus } from '../../../src/model/run-status.ts'

const file = join(import.meta.dirname, '../../../examples/diamond.yaml')

type Shown = RunStatus & { temporalUrl: string }

/** Posts the example under a name of its own, since a finished run never starts again, and follows it to its end. */
export async function runDemo(
  apiUrl: string,
  say: (line: string) => void,
  signal: AbortSignal,
): Promise<Shown | undefined> {
  const name = `diamond-${Date.now().toString(36).slice(-6)}`
  const manifest = readFileSync(file, 'utf8').replace(/^( *name: )diamond$/m, `$1${name}`)
  say(`\nPosting examples/diamond.yaml as ${name}: extract, then clean and enrich side by side, then load\n`)
  const response = await fetch(`${apiUrl}/v1/manifests`, {
    method: 'POST',
    headers: { 'content-type': 'application/yaml' },
    body: manifest,
    signal,
  })
  const answer = (await response.json()) as { results?: { runId?: string }[] }
  const id = answer.results?.[0]?.runId
  if (!id) throw new Error(`The example was refused: ${JSON.stringify(answer)}`)
  const read = async (): Promise<Shown> => {
    const response = await fetch(`${apiUrl}/v1/runs/${id}`, { signal })
    if (!response.ok) throw new Error(`The run cannot be read: ${await response.text()}`)
    return (await response.json()) as Shown
  }
  return (await followRun(read, process.stdout, signal)) as Shown
}
