import { join } from 'node:path'
import { type Browser, chromium, type Page } from 'playwright-core'
import { root } from './world.ts'

/** Debian's Chromium, headless; as root it has no sandbox of its own. */
export const openBrowser = (): Promise<Browser> =>
  chromium.launch({ executablePath: '/usr/bin/chromium', args: ['--no-sandbox', '--disable-dev-shm-usage'] })

export const sizes = [
  { width: 390, height: 844 },
  { width: 1024, height: 768 },
  { width: 1600, height: 1000 },
]

/** Pictures of the documentation are taken by the tests that check what is on them: `MILLRACE_PICTURES=1 npm test`. */
export async function picture(page: Page, name: string): Promise<void> {
  if (process.env.MILLRACE_PICTURES) await page.screenshot({ path: join(root, 'docs', name) })
}
