import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { runGo } from '../../../../deploy/local/programs/build/run-go.ts'
import { until } from '../../../until.ts'

const path = process.env.PATH
let folder = ''

/** Replaces Go by a shell script. */
function asGo(script: string): void {
  writeFileSync(join(folder, 'go'), `#!/bin/sh\n${script}\n`)
  chmodSync(join(folder, 'go'), 0o755)
}

const run = (signal: AbortSignal, lines: string[] = []): Promise<string> =>
  runGo(['build', './x'], { cwd: folder, signal, onLine: (line) => void lines.push(line) })

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'millrace-go-'))
  mkdirSync(join(folder, 'x'))
  process.env.PATH = `${folder}:${path}`
})
afterEach(() => {
  process.env.PATH = path
  rmSync(folder, { recursive: true, force: true })
})

const never = new AbortController().signal

describe('the go command', () => {
  it('returns its output and passes on its progress lines', async () => {
    asGo('echo one >&2; echo printed; echo two >&2')
    const lines: string[] = []
    expect(await run(never, lines)).toBe('printed\n')
    expect(lines).toEqual(['one', 'two'])
  })

  it('reports the last lines of a failure', async () => {
    asGo('echo ./main.go:3: undefined: x >&2; exit 1')
    await expect(run(never)).rejects.toThrow(/`go build` failed in .*:\n\.\/main\.go:3: undefined: x$/)
  })

  it('builds for this machine, whatever the environment asks for, and without a workspace', async () => {
    asGo('echo "$GOOS|$GOARCH|$GOFLAGS|$GOWORK|$CGO_ENABLED"')
    const before = { ...process.env }
    Object.assign(process.env, { GOOS: 'windows', GOARCH: 'arm', GOFLAGS: '-race', GOWORK: '/elsewhere' })
    try {
      expect(await run(never)).toBe('||-mod=readonly|off|0\n')
    } finally {
      process.env = before
    }
  })

  it('has ended, with its compilers, when an abort rejects', async () => {
    asGo('echo $$ >&2; sleep 600; true')
    const controller = new AbortController()
    const lines: string[] = []
    const running = run(controller.signal, lines)
    await until('it compiles', () => lines.length === 1)
    controller.abort(new Error('stopped'))
    await expect(running).rejects.toThrow('stopped')
    const group = -Number(lines[0])
    expect(() => process.kill(group, 0)).toThrow('ESRCH')
  })

  it('is not started after an abort', async () => {
    asGo('touch started')
    await expect(run(AbortSignal.abort(new Error('stopped')))).rejects.toThrow('stopped')
  })
})
