import { describe, expect, it } from 'vitest'
import type { JobNode } from '../../src/model/plan.ts'
import { failed, graph, noRetry, Simulation } from './simulate.ts'

describe('a failure handler', () => {
  const onFailure: JobNode = {
    type: 'job',
    id: 'ErrorHandler',
    needs: [],
    objectName: 'flow-errorhandler',
    job: 'body',
    retry: noRetry,
  }

  it('runs once, after all running nodes have ended, with the failure in its env', () => {
    const run = new Simulation({ ...graph('bad', 'slow'), onFailure })
    expect(run.ends('bad', failed).running).toEqual(['slow'])
    expect(run.ends('slow').running).toEqual(['ErrorHandler'])
    const env = Object.fromEntries(
      run
        .of('startJob')
        .at(-1)
        ?.env.map(({ name, value }) => [name, value]) ?? [],
    )
    expect(env).toMatchObject({
      MILLRACE_NAME: 'flow',
      MILLRACE_FAILED_NODE: 'bad',
      MILLRACE_FAILED_OUTCOME: 'failed',
      MILLRACE_FAILED_EXIT_CODE: '1',
      MILLRACE_MESSAGE: 'bad: exited with code 1',
    })
    expect(run.ends('ErrorHandler').state).toMatchObject({
      phase: 'Failed',
      message: 'bad: exited with code 1',
    })
  })

  it('does not run when the flow succeeds or is cancelled', () => {
    expect(new Simulation({ ...graph('a'), onFailure }).ends('a').started).toEqual(['a'])
    const cancelled = new Simulation({ ...graph('a'), onFailure })
    cancelled.happens({ type: 'cancelRequested', at: 1 }).happens({ type: 'objectsDeleted', at: 2 })
    expect(cancelled.started).toEqual(['a'])
  })

  it('does not replace the message of the run if it fails itself', () => {
    const run = new Simulation({ ...graph('bad'), onFailure }).ends('bad', failed)
    run.ends('ErrorHandler', { type: 'failed', message: 'handler broke' })
    expect(run.state).toMatchObject({ phase: 'Failed', message: 'bad: exited with code 1' })
    expect(run.state.nodes.ErrorHandler?.message).toBe('handler broke')
  })
})
