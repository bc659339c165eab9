import type { Browser, Frame, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { patience } from '../../deploy/local/slowness.ts'
import { until } from '../until.ts'
import { apiUrl, getRun, startRun, untilEnded, untilRun } from './api.ts'
import { newPage, openBrowser, picture, sizes } from './browser.ts'
import { namespaceOfFile } from './cluster.ts'
import { nodeOf } from './run-status.ts'

const namespace = await namespaceOfFile('pages')
let browser: Browser
beforeAll(async () => {
  browser = await openBrowser()
})
afterAll(async () => {
  await browser?.close()
})

async function open(url: string): Promise<Page> {
  const page = await newPage(browser, sizes[2])
  await page.goto(url, { waitUntil: 'load' })
  return page
}

/** For a loaded page to request and show its content. */
const LOADED_MS = 10_000

/**
 * Waits for a text in any frame, because the Web UI shows text of authors and runs in frames of their own. A page requests
 * its content only once and fails while a server is unavailable (another test kills the worker), so it is reloaded now and
 * then.
 */
const untilShown = async (page: Page, text: string): Promise<void> => {
  let loadedAt = performance.now()
  await until(`"${text}" on ${page.url()}`, async () => {
    if (performance.now() - loadedAt > patience(LOADED_MS)) {
      console.log(
        `reloading: ${page.url()} shows ${JSON.stringify((await page.innerText('body')).slice(0, 400))}`,
      )
      await page.reload({ waitUntil: 'load' })
      loadedAt = performance.now()
    }
    const count = (frame: Frame): Promise<number> =>
      frame
        .getByText(text)
        .count()
        .catch(() => 0)
    return (await Promise.all(page.frames().map(count))).some((found) => found > 0)
  })
}

const job = (command: string): string =>
  `{ template: { spec: { terminationGracePeriodSeconds: 1, containers: [{ name: main, image: 'busybox:1.28', command: [sh, -c, '${command}'] }] } } }`

const nightly = `
apiVersion: api.practice.com/v1alpha1
kind: JobFlow
metadata: { name: nightly-orders }
spec:
  ErrorHandler: { script: 'echo tell the people on call' }
  flows:
    - { name: extract, jobTemplate: ${job('sleep 2')} }
    - { name: clean, dependencies: [extract], jobTemplate: ${job('sleep 3')} }
    - { name: enrich, dependencies: [extract], jobTemplate: ${job('echo no such table >/dev/termination-log; exit 3')} }
    - { name: load, dependencies: [clean, enrich], jobTemplate: ${job('true')} }
`

describe("a run in Temporal's Web UI", () => {
  it('has a readable id, and activities with node, attempt and Job', async () => {
    const id = await startRun(nightly, namespace)
    const run = await untilEnded(id)
    expect(run.phase).toBe('Failed')
    const { temporalUrl } = (await getRun(id)) as { temporalUrl?: string }
    const page = await open(`${temporalUrl}/history`)
    await untilShown(page, `jobflow.api.practice.com/${namespace}/nightly-orders/`)
    for (const node of ['extract', 'clean', 'enrich']) {
      await untilShown(page, `${node} · attempt 1 · Job nightly-orders-${node}`)
    }
    await picture(page, 'temporal-run.png')
    await page.close()
  })

  it('shows its plan and the state of each node as tables while it runs', async () => {
    const waits = nightly.replace('name: nightly-orders', 'name: waiting').replace('sleep 2', 'sleep 3600')
    const id = await startRun(waits, namespace)
    await untilRun(id, 'runs', (run) => nodeOf(run, 'extract').attempts[0]?.pod !== undefined)
    const { temporalUrl } = (await getRun(id)) as { temporalUrl?: string }
    const page = await open(`${temporalUrl}/user-metadata`)
    await untilShown(page, `JobFlow ${namespace}/waiting: 4 nodes`)
    await untilShown(page, 'waiting-extract')
    await picture(page, 'temporal-details.png')
    await page.goto(`${temporalUrl}/search-attributes`)
    for (const attribute of ['MillraceKind', 'MillraceNamespace', 'MillracePhase', 'MillraceTrigger']) {
      await untilShown(page, attribute)
    }
    await page.close()
    await fetch(`${apiUrl()}/v1/runs/${id}`, { method: 'DELETE' })
  })
})

describe('the OpenAPI reader', () => {
  it.each(sizes)(
    'shows every operation at $width pixels, without foreign requests and without errors',
    async (size) => {
      const page = await newPage(browser, size)
      const foreign: string[] = []
      const errors: string[] = []
      page.on('request', (request) => {
        if (!request.url().startsWith(apiUrl()) && !request.url().startsWith('data:'))
          foreign.push(request.url())
      })
      page.on('pageerror', (error) => errors.push(error.message))
      await page.goto(`${apiUrl()}/docs`, { waitUntil: 'load' })
      await page.getByText('/v1/manifests', { exact: true }).first().waitFor()
      const overflow = await page.evaluate(
        'document.documentElement.scrollWidth - document.documentElement.clientWidth',
      )
      expect({ foreign, errors, overflow }).toEqual({ foreign: [], errors: [], overflow: 0 })
      await page.close()
    },
  )
})
