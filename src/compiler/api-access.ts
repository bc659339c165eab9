import { API_ACCESS_ANNOTATION } from '../model/labels.ts'

/** Pods get a token for our API only where somebody wants it: the kubelet asks for one per pod. */
export const hasApiAccess = (annotations: Record<string, string> | undefined): { apiAccess?: true } =>
  annotations?.[API_ACCESS_ANNOTATION] === 'true' ? { apiAccess: true } : {}
