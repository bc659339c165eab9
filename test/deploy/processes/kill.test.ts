import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { expect, it } from 'vitest'
import { killAll } from '../../../deploy/local/processes/kill.ts'
import { isRunning } from '../../../deploy/local/processes/process-id.ts'

const started: number[] = []
const sleeper = (): number => {
  const { pid = 0 } = spawn('sleep', ['60'], { stdio: 'ignore' })
  started.push(pid)
  return pid
}

it('kills what it finds, also what is started meanwhile', async () => {
  const first = sleeper()
  let more = 2
  await killAll(() => {
    if (more > 0) more -= 1
    return more > 0 ? [first, sleeper()] : started
  })
  expect(started.length).toBeGreaterThan(1)
  expect(started.filter(isRunning)).toEqual([])
})

it('names what it could not end', async () => {
  // As if something restarts them again and again.
  await expect(killAll(() => [sleeper()], 150)).rejects.toThrow(
    /^These processes still run after SIGKILL: process \d+ \(sleep\)$/,
  )
  await killAll(() => started)
})

it('does not wait for a zombie', async () => {
  const parent = spawn('/bin/sh', ['-c', 'sleep 60 & echo $!; exec sleep 60'])
  const [line] = (await once(parent.stdout, 'data')) as [Buffer]
  // Its parent has become a sleep, which reaps no child.
  await killAll(() => [Number(line)], 5_000)
  parent.kill('SIGKILL')
})
