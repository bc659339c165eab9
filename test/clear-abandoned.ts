/** Stops the stacks of a test run after its process has ended: `clear-abandoned.ts PID START-TIME [NUMBER …]`. */
import { setTimeout as sleep } from 'node:timers/promises'
import { isAlive } from '../deploy/local/processes/process-id.ts'
import { clearAbandoned } from './take-stack.ts'

const [pid, startTime = '', ...numbers] = process.argv.slice(2)
while (isAlive({ pid: Number(pid), startTime })) await sleep(50)
await clearAbandoned(numbers.length > 0 ? { numbers: numbers.map(Number) } : {})
