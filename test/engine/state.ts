/** The part of a resource in an exported deployment that the tests read. */
export interface StateResource {
  urn: string;
  type: string;
  custom: boolean;
  id?: string;
  inputs?: Record<string, unknown>;
  outputs?: Record<string, unknown>;
}

/** Every resource of an exported deployment. */
export const resourcesOf = (exported: string): StateResource[] =>
  (JSON.parse(exported) as { deployment: { resources?: StateResource[] } }).deployment.resources ??
  [];

/**
 * Inputs of every resource in an exported state, without the providers that the engine adds by itself.
 * Secrets are encrypted in an export, so they are shown as the plan shows them.
 */
export function resourcesByUrn(exported: string): Map<string, Record<string, unknown>> {
  return new Map(
    resourcesOf(exported)
      .filter(({ type }) => !type.startsWith("pulumi:providers:"))
      .map(({ urn, inputs }) => [urn, masked(inputs ?? {}) as Record<string, unknown>]),
  );
}

function masked(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(masked);
  if (typeof value !== "object" || value === null) return value;
  if ("ciphertext" in value) return "[secret]";
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, masked(inner)]));
}
