import { once } from 'node:events'
import { setTimeout as sleep } from 'node:timers/promises'
import { expect, it } from 'vitest'
import { together } from '../../../deploy/local/processes/together.ts'
import { RollbackError, withRollback } from '../../../deploy/local/processes/with-rollback.ts'

const never = new AbortController().signal

it('the first error aborts the others, and is thrown when all have ended', async () => {
  let ended = false
  const slow = async (signal: AbortSignal): Promise<void> => {
    await once(signal, 'abort')
    // Its cleanup takes a moment.
    await sleep(20)
    ended = true
    throw new Error('a consequence')
  }
  const work = together(never, [slow, () => Promise.reject(new Error('the cause'))])
  await expect(work).rejects.toThrow('the cause')
  expect(ended).toBe(true)
})

it('a signal from outside aborts all work at once', async () => {
  const controller = new AbortController()
  const both = [1, 2].map(() => (signal: AbortSignal) => sleep(60_000, undefined, { signal }))
  const work = together(controller.signal, both)
  controller.abort()
  await expect(work).rejects.toThrow(/abort/)
})

it('a failed rollback is reported after the original error', async () => {
  const work = withRollback(
    () => Promise.reject(new Error('the disk is full', { cause: 'ENOSPC' })),
    () => Promise.reject(new Error('a mount is busy')),
  )
  const fault: RollbackError = await work.then(
    () => expect.unreachable(),
    (error) => error,
  )
  expect(fault).toBeInstanceOf(RollbackError)
  expect(fault.message.split('\n')).toEqual(['the disk is full', 'The cleanup failed too: a mount is busy'])
  expect(fault).toMatchObject({ cause: 'ENOSPC', fault: { message: 'the disk is full' } })
})

it('success is not rolled back, and a rollback rethrows the original error', async () => {
  let undone = 0
  const undo = async (): Promise<void> => {
    undone += 1
  }
  expect(await withRollback(async () => 7, undo)).toBe(7)
  expect(undone).toBe(0)
  await expect(withRollback(() => Promise.reject(new Error('no')), undo)).rejects.toThrow(/^no$/)
  expect(undone).toBe(1)
})
