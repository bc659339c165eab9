import { expect, it } from 'vitest'
import { toTable } from '../../workflows/status/table.ts'
import { failed, graph, Simulation } from './simulate.ts'

it('the table of a small run has its nodes in the order of the manifest', () => {
  const plan = graph('b', 'a(b)')
  const run = new Simulation(plan).ends('b')
  expect(toTable(plan, run.state, ['a | doubt']).split('\n')).toEqual([
    '**Running** · 1 Running, 1 Succeeded',
    '',
    '| node | phase | attempt | job | what happened |',
    '|---|---|---|---|---|',
    '| b | Succeeded | 1 | flow-b |  |',
    '| a | Running | 1 | flow-a |  |',
    '',
    '> a \\| doubt',
    '',
    '\u00a0',
  ])
})

it('the table of a wide run begins with failed and running nodes, and says how many nodes it omits', () => {
  const plan = graph(...Array.from({ length: 90 }, (_, at) => `n${at}`))
  const run = new Simulation(plan)
  for (let at = 0; at < 80; at++) run.ends(`n${at}`, at === 40 ? failed : undefined)
  const lines = toTable(plan, run.state, []).split('\n')
  expect(lines[0]).toBe(
    '**Running** · 1 Failed, 10 Running, 79 Succeeded · n40: exited with code 1; no new nodes start, waiting for ' +
      'n80, n81, n82, n83, n84 to end',
  )
  expect(lines.slice(4, 6)).toEqual([
    '| n40 | Failed | 1 | flow-n40 | exited with code 1 |',
    '| n80 | Running | 1 | flow-n80 |  |',
  ])
  expect(lines.filter((line) => line.startsWith('| n'))).toHaveLength(61)
  expect(lines).toContain('… and 30 more')
})
