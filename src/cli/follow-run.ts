import { setTimeout as sleep } from 'node:timers/promises'
import type { RunStatus } from '../model/run-status.ts'
import { runView } from './run-view.ts'

const LOOK_MS = 300

interface Screen {
  isTTY?: boolean
  write(text: string): unknown
}

/**
 * Shows a run until it has ended. On a terminal the view is redrawn in place; elsewhere each changed line is
 * printed once. Resolves with the last status.
 */
export async function followRun(
  read: () => Promise<RunStatus>,
  screen: Screen,
  signal?: AbortSignal,
): Promise<RunStatus> {
  let shown: string[] = []
  for (;;) {
    const run = await read()
    const lines = runView(run, Date.now())
    if (screen.isTTY) {
      screen.write(
        `${shown.length > 0 ? `\x1b[${shown.length}A` : ''}${lines.map((line) => `\x1b[2K${line}\n`).join('')}`,
      )
    } else {
      const before = new Set(shown.map(withoutTime))
      for (const line of lines.filter((one) => !before.has(withoutTime(one)))) screen.write(`${line}\n`)
    }
    shown = lines
    if (run.endedAt !== undefined) return run
    await sleep(LOOK_MS, undefined, signal ? { signal } : {})
  }
}

/** A line that differs only in its seconds is not printed again. */
const withoutTime = (line: string): string => line.replace(/ +\d+ s(?= |$)/, '')
