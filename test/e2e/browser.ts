import { join } from 'node:path'
import { type Browser, chromium, type Page } from 'playwright-core'
import { patience } from '../../deploy/local/slowness.ts'
import { root } from '../root.ts'

/** Long, because other tests share the cores. */
const SHOWN_WITHIN_MS = patience(180_000)

/** Debian's Chromium, headless. As root it needs --no-sandbox. */
export const openBrowser = (): Promise<Browser> =>
  chromium.launch({
    executablePath: '/usr/bin/chromium',
    args: ['--no-sandbox', '--disable-dev-shm-usage'],
    timeout: SHOWN_WITHIN_MS,
  })

export async function newPage(browser: Browser, viewport: Size | undefined): Promise<Page> {
  const page = await browser.newPage({ viewport: viewport ?? null })
  page.setDefaultTimeout(SHOWN_WITHIN_MS)
  return page
}

interface Size {
  width: number
  height: number
}

export const sizes: Size[] = [
  { width: 390, height: 844 },
  { width: 1024, height: 768 },
  { width: 1600, height: 1000 },
]

/** Takes a picture for the documentation with `MILLRACE_PICTURES=1 npm test`. */
export async function picture(page: Page, name: string): Promise<void> {
  if (process.env.MILLRACE_PICTURES) await page.screenshot({ path: join(root, 'docs', name) })
}
