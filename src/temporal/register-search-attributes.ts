import { status as grpcStatus } from '@grpc/grpc-js'
import { type ConnectionLike, isGrpcServiceError } from '@temporalio/client'
import { searchAttributes } from '../model/temporal-names.ts'
import { AppError } from '../operations/app-error.ts'
import { callTemporal, deadlines } from './call-temporal.ts'
import { enums } from './proto.ts'

/** The type Keyword, as the server writes it. */
const WIRE_KEYWORD = enums.IndexedValueType.INDEXED_VALUE_TYPE_KEYWORD
/** Ends a hang. Frontends refresh a namespace about every 10 s, later when they are busy. */
const USABLE_WITHIN_MS = 180_000

/**
 * Makes sure that the namespace has our search attributes, and waits until queries may use them. Safe to
 * repeat and to run from several processes at once. AppError `conflict`: one exists with another type.
 */
export async function registerSearchAttributes(connection: ConnectionLike, namespace: string): Promise<void> {
  const known = await callTemporal(connection, deadlines.readMs, () =>
    connection.operatorService.listSearchAttributes({ namespace }),
  )
  const types = known.customAttributes ?? {}
  const names = Object.values(searchAttributes)
  for (const name of names.filter((each) => each in types)) {
    if (types[name] === WIRE_KEYWORD) continue
    throw new AppError(
      'conflict',
      `Temporal's search attribute ${name} is not of type Keyword: delete it first.`,
    )
  }
  const missing = names.filter((name) => !(name in types))
  if (missing.length > 0) await add(connection, namespace, missing)
  await untilUsable(connection, namespace)
}

async function add(connection: ConnectionLike, namespace: string, names: readonly string[]): Promise<void> {
  const attributes = Object.fromEntries(names.map((name) => [name, WIRE_KEYWORD]))
  try {
    await callTemporal(connection, deadlines.writeMs, () =>
      connection.operatorService.addSearchAttributes({ namespace, searchAttributes: attributes }),
    )
  } catch (error) {
    if (!(isGrpcServiceError(error) && error.code === grpcStatus.ALREADY_EXISTS)) throw error
  }
}

async function untilUsable(connection: ConnectionLike, namespace: string): Promise<void> {
  const query = Object.values(searchAttributes)
    .map((name) => `${name} = 'none'`)
    .join(' AND ')
  const giveUpAt = performance.now() + USABLE_WITHIN_MS
  for (;;) {
    try {
      await callTemporal(connection, deadlines.readMs, () =>
        connection.workflowService.countWorkflowExecutions({ namespace, query }),
      )
      return
    } catch (error) {
      if (performance.now() > giveUpAt) throw error
      await new Promise((resolve) => setTimeout(resolve, 250))
    }
  }
}
