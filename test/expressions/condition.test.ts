import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { patience } from '../../deploy/local/slowness.ts'
import { type Condition, holds, parseCondition } from '../../src/expressions/condition.ts'
import type { Json } from '../../src/lib/json.ts'

const read = (text: string): Condition => {
  const parsed = parseCondition(text)
  if ('problem' in parsed) throw new Error(parsed.problem)
  return parsed.condition
}

describe('a condition is a path, an operator and a JSON literal', () => {
  it.each<[name: string, text: string, ...condition: [Condition['path'], Condition['operator'], Json]]>([
    ['a name', '$.value > 3', ['value'], '>', 3],
    ['the input itself', '$ == 3', [], '==', 3],
    ['no spaces', '$.value>=3', ['value'], '>=', 3],
    ['many spaces', ' \t$.value  <=  3 ', ['value'], '<=', 3],
    ['names within names, and an index', '$.a.b[0].c < 1', ['a', 'b', 0, 'c'], '<', 1],
    ['a key in double quotes', '$["any key"] == 1', ['any key'], '==', 1],
    ['a key in single quotes', "$['any key'] == 1", ['any key'], '==', 1],
    ['a key with brackets, quotes and operators', '$["a\\"]==\\u0041"]!=1', ['a"]==A'], '!=', 1],
    ['the empty key', '$[""] == 1', [''], '==', 1],
    ['a key that looks like a number', '$["0"] == 1', ['0'], '==', 1],
    ['a text', '$.a == "x == y"', ['a'], '==', 'x == y'],
    ['a negative number with an exponent', '$.a > -1.5e3', ['a'], '>', -1_500],
    ['true', '$.a == true', ['a'], '==', true],
    ['false', '$.a != false', ['a'], '!=', false],
    ['null', '$.a == null', ['a'], '==', null],
    ['a list', '$.a == [1, "b"]', ['a'], '==', [1, 'b']],
    ['an object', '$.a != {"b": [null]}', ['a'], '!=', { b: [null] }],
  ])('%s: %s', (_, text, path, operator, literal) => {
    expect(parseCondition(text)).toEqual({ condition: { path, operator, literal } })
  })

  it('a parsed condition is plain JSON', () => {
    const condition = read('$.a[0]["b"] == {"c": [1, null]}')
    expect(JSON.parse(JSON.stringify(condition))).toEqual(condition)
  })
})

describe('an invalid condition is reported with what was expected where, and an example', () => {
  it.each<[name: string, text: string, problem: RegExp]>([
    ['nothing', '', /start with \$.*\$\.value > 3/],
    ['no $', 'value > 3', /"value > 3" does not start with \$.*\$\.value > 3/],
    ['the sides swapped', '3 < $.value', /does not start with \$/],
    ['no operator', '$.value', /"" does not start with one of > < >= <= == !=.*\$\.value > 3/],
    ['one =', '$.a = 3', /"= 3" does not start with one of/],
    ['a word as operator', '$.a is 3', /"is 3" does not start with one of/],
    ['three =', '$.a === 3', /"= 3" is not a JSON literal/],
    ['no literal', '$.a >', /"" is not a JSON literal.*\$\.value > 3/],
    ['a bare word', '$.a == x', /"x" is not a JSON literal/],
    ['a text in single quotes', "$.a == 'x'", /"'x'" is not a JSON literal \(.*double quotes/],
    ['a path as literal', '$.a == $.b', /"\$\.b" is not a JSON literal/],
    ['two conditions', '$.a > 1 && $.a < 3', /is not a JSON literal/],
    ['a point without a name', '$. > 3', /"\. > 3" does not start with one of/],
    ['a negative index', '$.a[-1] > 3', /"\[-1\] > 3" does not start with one of/],
    ['every member', '$.a[*] > 3', /"\[\*\] > 3" does not start with one of/],
    ['descent', '$..a > 3', /"\.\.a > 3" does not start with one of/],
    ['an unterminated quote', '$["a > 3', /does not start with one of/],
    ['an escape that JSON does not know', '$["\\x"] > 3', /does not start with one of/],
    ['a number beyond the range of double', '$.a < 1e999', /"1e999" is not a JSON literal/],
    ['code', '$.a > process.exit()', /is not a JSON literal/],
  ])('%s: %s', (_, text, problem) => {
    expect(parseCondition(text)).toEqual({ problem: expect.stringMatching(problem) })
  })

  it.each([
    ['names', `$${'.a'.repeat(5_000)}`],
    ['points', `$${'.'.repeat(9_999)}`],
    ['indexes', `$${'[0]'.repeat(3_333)}`],
    ['a quote and backslashes', `$["${'\\'.repeat(9_997)}`],
    ['spaces', `$${' '.repeat(9_999)}`],
    ['lists in lists', `$ == ${'['.repeat(9_995)}`],
    ['a thousand spaces within the limit', `$${' '.repeat(990)}x`],
    ['backslashes within the limit', `$["${'\\'.repeat(990)}`],
  ])('a hostile condition of %s is refused at once', (_, text) => {
    const before = process.threadCpuUsage()
    expect(parseCondition(text)).toEqual({ problem: expect.any(String) })
    const { user, system } = process.threadCpuUsage(before)
    // CPU time of this thread, which other processes do not affect.
    expect((user + system) / 1_000).toBeLessThan(patience(100))
  })

  it('any text parses or has a problem', () => {
    const signs = fc.array(fc.constantFrom(...'$.[]"\'\\<>=! a0-{}:,'), { maxLength: 30 })
    fc.assert(
      fc.property(signs, (some) => {
        expect(Object.keys(parseCondition(`$${some.join('')}`))).toHaveLength(1)
      }),
    )
  })
})

describe('holds', () => {
  it.each<[name: string, text: string, input: Json, expected: boolean]>([
    ['more', '$.v > 3', { v: 4 }, true],
    ['not more', '$.v > 3', { v: 3 }, false],
    ['less', '$.v < 3', { v: 2 }, true],
    ['not less', '$.v < 3', { v: 3 }, false],
    ['at least, the same', '$.v >= 3', { v: 3 }, true],
    ['not at least', '$.v >= 3', { v: 2 }, false],
    ['at most, the same', '$.v <= 3', { v: 3 }, true],
    ['not at most', '$.v <= 3', { v: 4 }, false],
    ['numbers are compared as numbers', '$.v > 9', { v: 10 }, true],
    ['texts are compared by code unit', '$.v < "9"', { v: '10' }, true],
    ['capitals come before small letters', '$.v < "a"', { v: 'Z' }, true],
    ['the same text is at least itself', '$.v >= "a"', { v: 'a' }, true],
    ['a text is not compared with a number', '$.v > 3', { v: '4' }, false],
    ['nor a number with a text', '$.v < "4"', { v: 3 }, false],
    ['null is not less than 1', '$.v < 1', { v: null }, false],
    ['true is not at least 1', '$.v >= 1', { v: true }, false],
    ['null is not at least null', '$.v >= null', { v: null }, false],
    ['-0 is 0', '$.v == -0', { v: 0 }, true],
    ['a list is not at least itself', '$.v >= [1]', { v: [1] }, false],
    ['equal numbers', '$.v == 1.0', { v: 1 }, true],
    ['a number is not its text', '$.v == 1', { v: '1' }, false],
    ['a number that is not its text differs from it', '$.v != 1', { v: '1' }, true],
    ['null equals null', '$.v == null', { v: null }, true],
    ['null is a value, so it differs from 1', '$.v != 1', { v: null }, true],
    ['false is not 0', '$.v == 0', { v: false }, false],
    ['objects: order of keys does not matter', '$.v == {"a":1,"b":2}', { v: { b: 2, a: 1 } }, true],
    ['objects: a key more', '$.v == {"a":1}', { v: { a: 1, b: 2 } }, false],
    ['lists: order does matter', '$.v == [1,2]', { v: [2, 1] }, false],
    ['the same does not differ', '$.v != [1,2]', { v: [1, 2] }, false],
    ['a missing value equals nothing', '$.v == null', {}, false],
    ['a missing value differs from nothing', '$.v != 1', {}, false],
    ['a missing value is less than nothing', '$.v < 1', {}, false],
    ['a name of a number', '$.v.w != 1', { v: 3 }, false],
    ['a name of null', '$.v.w != 1', { v: null }, false],
    ['the input itself', '$ == "x"', 'x', true],
    ['a member of a list', '$.v[1] == 2', { v: [1, 2] }, true],
    ['an index after the end of a list', '$.v[2] != 2', { v: [1, 2] }, false],
    ['deep', '$.a.b[0]["c d"] == 1', { a: { b: [{ 'c d': 1 }] } }, true],
    ['a text has no members', '$.v[0] == "x"', { v: 'xyz' }, false],
    ['a list has no length', '$.v.length == 1', { v: [7] }, false],
    ['a text has no length', '$.v.length == 1', { v: 'x' }, false],
    ['an inherited key is missing', '$.constructor != 1', {}, false],
    ['an inherited key of a list is missing', '$.v.map != 1', { v: [] }, false],
    ['the prototype is missing', '$.__proto__ != 1', {}, false],
    ['nor what the prototype has', '$["__proto__"].toString != 1', {}, false],
    ['an own key of that name exists', '$.constructor == 1', JSON.parse('{"constructor":1}') as Json, true],
    ['an own key __proto__ exists', '$.__proto__ == 1', JSON.parse('{"__proto__":1}') as Json, true],
  ])('%s: %s', (_, text, input, expected) => {
    expect(holds(read(text), input)).toBe(expected)
  })

  it('a value in JSON equals itself, and does not differ from itself', () => {
    fc.assert(
      fc.property(fc.jsonValue({ depthSize: 'small' }), (value) => {
        const literal = JSON.stringify(value)
        fc.pre(literal.length < 900)
        const input = { v: JSON.parse(literal) as Json }
        expect(holds(read(`$.v == ${literal}`), input)).toBe(true)
        expect(holds(read(`$.v != ${literal}`), input)).toBe(false)
      }),
    )
  })
})
