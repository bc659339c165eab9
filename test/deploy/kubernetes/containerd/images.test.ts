import { execFileSync } from 'node:child_process'
import { join } from 'node:path'
import { describe, expect, it, onTestFinished } from 'vitest'
import { makeLayer } from '../../../../deploy/local/kubernetes/containerd/image-archive.ts'
import { fakeCommands, temporaryFolder } from '../../fake-commands.ts'

describe('the image layer', () => {
  it('contains the given busybox and its applets', async () => {
    const busybox = join(
      fakeCommands(temporaryFolder(), { busybox: 'echo busybox; echo sh; echo sleep' }),
      'busybox',
    )
    const { file, digest } = await makeLayer(temporaryFolder(), busybox)
    expect(tar('-xOf', file, './bin/busybox')).toContain('echo sleep')
    expect(tar('-tvf', file)).toMatch(/\.\/bin\/sleep -> busybox/)
    expect(digest).toBe(execFileSync('sha256sum', [file], { encoding: 'utf8' }).slice(0, 64))
  })

  it('is readable for every user of a container, whatever the umask', async () => {
    const before = process.umask(0o077)
    onTestFinished(() => void process.umask(before))
    const busybox = join(fakeCommands(temporaryFolder(), { busybox: 'echo sh' }), 'busybox')
    const { file } = await makeLayer(temporaryFolder(), busybox)
    const listed = tar('-tvf', file)
    expect(listed).toMatch(/^drwxr-xr-x .*\.\/bin\/$/m)
    expect(listed).toMatch(/^-rw-r--r-- .*\.\/etc\/passwd$/m)
    expect(listed).toMatch(/^drwxrwxrwt .*\.\/tmp\/$/m)
  })
})

const tar = (...args: string[]): string => execFileSync('tar', args, { encoding: 'utf8' })
