import { describe, expect, it } from 'vitest'
import { detailsOf, summaryOf } from '../../src/temporal/runs/describe-start.ts'
import { start } from './run-start.ts'

describe('the description of a run in the Web UI', () => {
  it('has a summary of one line', () => {
    expect(summaryOf(start())).toBe('JobFlow default/demo: 2 nodes')
    expect(summaryOf(start({ definition: 'nightly' }))).toBe('JobFlow default/demo of nightly: 2 nodes')
    const long = start()
    long.run.name = 'ü'.repeat(300)
    expect(Buffer.byteLength(summaryOf(long))).toBeLessThanOrEqual(200)
  })

  it('has a table of nodes, a link to the run and the warnings', () => {
    const details = detailsOf(
      start({ warnings: ['no JobTemplate | yet\nbut soon'] }),
      'http://x/v1/runs/a%2Fb',
    )
    expect(details).toContain('| b | job | a |')
    expect(details).toContain('[Status and logs](http://x/v1/runs/a%2Fb)')
    expect(details).toContain('- no JobTemplate \\| yet but soon')
  })

  it('stays below the limit for wide plans', () => {
    const wide = start()
    wide.plan.nodes = Array.from({ length: 5_000 }, (_, i) => ({
      type: 'fleet',
      id: `node-${i}`,
      needs: Array.from({ length: 50 }, (__, j) => `need-${j}`),
      job: 'j',
      namePrefix: 'p',
      exclude: [],
      retry: { applicationLimit: 0, infrastructureLimit: 0, delayMs: 0 },
    }))
    const details = detailsOf(wide, undefined)
    expect(Buffer.byteLength(details)).toBeLessThan(20_000)
    expect(details).toContain('and 4950 more')
  })
})
