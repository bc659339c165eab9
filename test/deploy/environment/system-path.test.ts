import { spawnSync } from 'node:child_process'
import { expect, it } from 'vitest'
import { systemPath, withSystemPath } from '../../../deploy/local/environment/system-path.ts'

it("finds administrator commands with the PATH of a plain `su`, after the user's own folders", () => {
  const { PATH } = withSystemPath({ PATH: '/opt/mine:/usr/local/bin:/usr/bin:/bin' })
  expect(PATH?.split(':').slice(0, 4)).toEqual(['/opt/mine', '/usr/local/bin', '/usr/bin', '/bin'])
  expect(PATH?.split(':')).toEqual(expect.arrayContaining(['/usr/sbin', '/sbin', '/usr/local/sbin']))
})

it('works without a PATH and keeps the other variables', () => {
  const env = withSystemPath({ COLOUR: 'green' })
  expect(spawnSync('sh', ['-c', 'echo $COLOUR'], { env, encoding: 'utf8' }).stdout).toBe('green\n')
})

it('lists no folder twice and never the current one', () => {
  const folders = withSystemPath({ PATH: '/bin::/usr/bin:/bin:' }).PATH?.split(':') ?? []
  expect(folders).not.toContain('')
  expect(new Set(folders).size).toBe(folders.length)
})

it('is also available as a string', () => {
  expect(systemPath).toBe(withSystemPath(process.env).PATH)
})
