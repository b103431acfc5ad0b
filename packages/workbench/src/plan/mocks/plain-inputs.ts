import { joinPath, plain, UNKNOWN, type Wire, type WireMap } from "../wire.ts";

/**
 * Inputs that a provider reads before it asks whether they are known, by resource type; `*` stands for each item of a
 * list, and what lies inside of a value is a path of its own. In a first preview an Output of a resource is unknown, and
 * as one of these it ends the plugin in a panic, or the component in an error of JavaScript. Providers of Terraform take
 * unknown values everywhere.
 */
const PLAIN_INPUTS: Readonly<Record<string, readonly string[]>> = {
  // pulumi/pulumi-docker, provider/image.go: marshalSkipPush, marshalArgs, marshalExtraHosts, marshalBuilder,
  // marshalBuildAndApplyDefaults
  "docker:index/image:Image": [
    "skipPush",
    ...["args", "addHosts", "builderVersion", "network"].map((key) => `build.${key}`),
  ],
  // pulumi/pulumi-awsx, provider/cmd/pulumi-resource-awsx/schema.json: "plain": true; awsx/ec2/vpc.ts,
  // resolvePromptRegionForAzLookup
  "awsx:ec2:Vpc": [
    ...[
      "availabilityZoneCidrMask",
      "availabilityZoneNames",
      "availabilityZoneNames.*",
      "cidrBlock",
    ],
    ...["natGateways", "natGateways.strategy", "numberOfAvailabilityZones", "region"],
    ...["subnetNameTagStrategy", "subnetSpecs", "subnetSpecs.*", "subnetStrategy"],
    ...["assignIpv6AddressOnCreation", "cidrBlocks", "cidrMask", "name", "size", "type"].map(
      (key) => `subnetSpecs.*.${key}`,
    ),
    ...["vpcEndpointSpecs", "vpcEndpointSpecs.*", "vpcEndpointStrategy"],
    ...["autoAccept", "privateDnsEnabled", "serviceName"].map((key) => `vpcEndpointSpecs.*.${key}`),
  ],
};

/** A sentence for each input of a resource that is unknown and may not be. */
export function unknownPlainInputs(type: string, inputs: WireMap): string[] {
  return (PLAIN_INPUTS[type] ?? [])
    .flatMap((path) => unknowns(inputs, path.split("."), ""))
    .map(
      (path) =>
        `${path} is not known in a first preview, but its provider reads it as a plain value and fails: give it a value that does not come from a resource`,
    );
}

function unknowns(value: Wire, [key, ...rest]: readonly string[], at: string): string[] {
  if (key === undefined) return plain(value) === UNKNOWN ? [at] : [];
  const inner = plain(value);
  if (key === "*")
    return Array.isArray(inner)
      ? inner.flatMap((item, index) => unknowns(item, rest, joinPath(at, index)))
      : [];
  if (typeof inner !== "object" || inner === null || Array.isArray(inner) || !(key in inner))
    return [];
  return unknowns(inner[key] ?? null, rest, joinPath(at, key));
}
