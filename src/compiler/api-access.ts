import { API_ACCESS_ANNOTATION } from '../model/labels.ts'

/** Pods get an API token only on request, because the kubelet requests one per pod. */
export const hasApiAccess = (annotations: Record<string, string> | undefined): { apiAccess?: true } =>
  annotations?.[API_ACCESS_ANNOTATION] === 'true' ? { apiAccess: true } : {}
