import { spawnSync } from 'node:child_process'
import { expect, it } from 'vitest'
import { systemPath, withSystemPath } from '../../../deploy/local/environment/system-path.ts'

it("commands of the administrator are found with the PATH of a plain `su`, after the user's own", () => {
  const { PATH } = withSystemPath({ PATH: '/opt/mine:/usr/local/bin:/usr/bin:/bin' })
  expect(PATH?.split(':').slice(0, 4)).toEqual(['/opt/mine', '/usr/local/bin', '/usr/bin', '/bin'])
  expect(PATH?.split(':')).toEqual(expect.arrayContaining(['/usr/sbin', '/sbin', '/usr/local/sbin']))
})

it('without any PATH, a command is found and the rest of the environment is as it was', () => {
  const env = withSystemPath({ COLOUR: 'green' })
  expect(spawnSync('sh', ['-c', 'echo $COLOUR'], { env, encoding: 'utf8' }).stdout).toBe('green\n')
})

it('no folder stands in it twice, and none is the current one', () => {
  const folders = withSystemPath({ PATH: '/bin::/usr/bin:/bin:' }).PATH?.split(':') ?? []
  expect(folders).not.toContain('')
  expect(new Set(folders).size).toBe(folders.length)
})

it('is the same as one string', () => {
  expect(systemPath).toBe(withSystemPath(process.env).PATH)
})
