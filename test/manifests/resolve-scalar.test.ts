import { expect, it } from 'vitest'
import { resolvePlain } from '../../src/manifests/yaml/resolve-scalar.ts'

/** As `kubectl label --local -o json` of version 1.32 reads each word. */
it.each<[unknown, string]>([
  [true, 'y Y yes Yes YES true True TRUE on On ON'],
  [false, 'n N no No NO false False FALSE off Off OFF'],
  [null, '~ null Null NULL'],
  [511, '0777 0o777 0x1FF 0X1ff 0b111111111 0B111111111 0_777 511 +511 5_11 0o7_77'],
  [-15, '-15 -017 -0o17 -0xF -0b1111'],
  [9, '9 09 0_9 9. 9.0 0.9e1 +09'],
  [0.5, '.5 0.5 +.5 000.5 5e-1 .5_0'],
  [1000, '1e3 1E3 1.e3 1_e3 1e+3 1_000'],
])('%j is read from %s', (value, texts) => {
  for (const text of texts.split(' ')) expect(resolvePlain(text), text).toBe(value)
})

it.each(
  (
    'nULL tRue yEs 2001-01-01 2001-12-14t21:59:43.10-05:00 12:30:45 1:20 190:20:30.15 0x 0b 0b12 0o8 1e 123e ' +
    '1.2.3 _1 ._5 .e3 . - + 0x1p3 1e400 --1 0xFFFFFFFFFFFFFFFFF <<'
  ).split(' '),
)('%s stays a string', (text) => {
  expect(resolvePlain(text)).toBe(text)
})

it('a number that JSON cannot hold exactly is returned, and the caller refuses it', () => {
  expect(resolvePlain('9007199254740993')).toBe(9007199254740992)
  expect(resolvePlain('18446744073709551615')).toBe(18446744073709552000)
  expect(resolvePlain('.nan')).toBeNaN()
  expect(resolvePlain('-.inf')).toBe(Number.NEGATIVE_INFINITY)
})
