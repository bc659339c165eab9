import { isJsonObject, type JsonObject, listAt, objectAt } from '../../lib/json.ts'

/** The conditions of an object (a Job, Pod, Deployment, CRD), in the order that it has them. */
export const conditionsOf = (object: JsonObject): JsonObject[] =>
  listAt(objectAt(object, 'status'), 'conditions').filter(isJsonObject)

/**
 * The condition of this type and status. Always by type: since Kubernetes 1.31 the first condition of a Job
 * that succeeded is not `Complete`.
 */
export const conditionOf = (
  object: JsonObject,
  type: string,
  status: 'True' | 'False' = 'True',
): JsonObject | undefined => conditionsOf(object).find((one) => one.type === type && one.status === status)
