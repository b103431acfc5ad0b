/** The part of an exported deployment that the tests read. */
interface Exported {
  deployment: {
    resources?: { urn: string; type: string; inputs?: Record<string, unknown> }[];
  };
}

/**
 * Inputs of every resource in an exported state, without the providers that the engine adds by itself.
 * Secrets are encrypted in an export, so they are shown as the plan shows them.
 */
export function resourcesByUrn(exported: string): Map<string, Record<string, unknown>> {
  const { deployment } = JSON.parse(exported) as Exported;
  return new Map(
    (deployment.resources ?? [])
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
