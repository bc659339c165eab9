import { join } from 'node:path'
import { type Browser, chromium, type Page } from 'playwright-core'
import { patience } from '../../deploy/local/slowness.ts'
import { root } from '../root.ts'

/** The other tests share the cores: how long a page takes says nothing here. */
const SHOWN_WITHIN_MS = patience(180_000)

/** Debian's Chromium, headless; as root it has no sandbox of its own. */
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

/** Pictures of the documentation are taken by the tests that check what is on them: `MILLRACE_PICTURES=1 npm test`. */
export async function picture(page: Page, name: string): Promise<void> {
  if (process.env.MILLRACE_PICTURES) await page.screenshot({ path: join(root, 'docs', name) })
}
