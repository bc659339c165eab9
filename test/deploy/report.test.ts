import { describe, expect, it } from 'vitest'
import { type Report, reportTo } from '../../deploy/local/report.ts'

function outputOf(terminal: { isTTY?: boolean; columns?: number }): {
  report: Report
  pass(ms: number): void
  written: string[]
} {
  let now = 0
  const written: string[] = []
  const report = reportTo({ ...terminal, write: (text) => written.push(text) }, () => now)
  return {
    report,
    written,
    pass: (ms) => {
      now += ms
    },
  }
}

describe('progress on a terminal', () => {
  it('rewrites one line, and clears it before the next output', () => {
    const { report, written } = outputOf({ isTTY: true, columns: 80 })
    report('Building ...')
    report('1 of 3', 'progress')
    report('2 of 3', 'progress')
    report('Building: done')
    report('Starting ...')
    expect(written).toEqual([
      'Building ...\n',
      '1 of 3',
      '\r\x1b[K2 of 3',
      '\r\x1b[KBuilding: done\n',
      'Starting ...\n',
    ])
  })

  it("never exceeds the terminal's width, because a wrapped line could not be rewritten", () => {
    const { report, written } = outputOf({ isTTY: true, columns: 40 })
    report('x'.repeat(100), 'progress')
    expect(written).toEqual(['x'.repeat(39)])
  })
})

describe('progress elsewhere', () => {
  it('prints one line every half minute, and other lines in full', () => {
    const { report, written, pass } = outputOf({})
    report('1 of 90', 'progress')
    for (let second = 1; second <= 60; second += 1) {
      pass(1_000)
      report(`${second + 1} of 90`, 'progress')
    }
    report('Building: done')
    expect(written).toEqual(['1 of 90\n', '31 of 90\n', '61 of 90\n', 'Building: done\n'])
  })
})
