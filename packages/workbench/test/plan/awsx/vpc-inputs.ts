import {
  resolveReferences,
  type Expandable,
  type ExpandedResource,
} from "../../../src/plan/awsx/expansion.ts";
import type { Json } from "../../../src/plan/types.ts";

export const SPECS: Json[] = [
  { type: "Private", cidrMask: 20 },
  { type: "Public", cidrMask: 24 },
];
const ENDPOINTS: Json = [
  { serviceName: "com.amazonaws.us-east-1.s3" },
  { serviceName: "com.amazonaws.us-east-1.logs", vpcEndpointType: "Interface" },
];

export function inputs(
  zones: number,
  strategy: string,
  more: Record<string, Json> = {},
): Record<string, Json> {
  return {
    cidrBlock: "10.0.0.0/16",
    availabilityZoneNames: ["a", "b", "c", "d"].slice(0, zones).map((zone) => `us-east-1${zone}`),
    natGateways: { strategy },
    subnetStrategy: "Auto",
    subnetSpecs: SPECS,
    vpcEndpointStrategy: "Auto",
    vpcEndpointSpecs: ENDPOINTS,
    ...more,
  };
}

export function without(key: string, from: Record<string, Json>): Record<string, Json> {
  return Object.fromEntries(Object.entries(from).filter(([name]) => name !== key));
}

/** References as `<type's last part> <name>.<output>`. */
export function readable(value: Expandable): unknown {
  return resolveReferences(value, ({ resource, output }) => {
    const [type = "", name = ""] = resource.split("::");
    return `${type.split(":").at(-1) ?? ""} ${name}${output === undefined ? "" : `.${output}`}`;
  });
}

export const kind = ({ type }: ExpandedResource) => type.split(":").at(-1) ?? "";

export function counts(resources: ExpandedResource[]): Record<string, number> {
  const found: Record<string, number> = {};
  for (const resource of resources) found[kind(resource)] = (found[kind(resource)] ?? 0) + 1;
  return found;
}
