import { joinPath, plain, UNKNOWN, type Wire, type WireMap } from "../wire.ts";

/** Inputs that a provider reads before it asks whether they are known. */
export interface PlainInputs {
  /** Paths; `*` stands for each item of a list. What lies inside of a value is a path of its own. */
  paths: readonly (readonly string[])[];
  /** Where the provider does so. */
  source: string;
}

const paths = (...texts: string[]): string[][] =>
  texts.flatMap((text) => text.split(" ")).map((path) => path.split("."));

/**
 * By resource type. In a first preview an Output of a resource is unknown, and as one of these it ends the plugin in a
 * panic, or the component in an error of JavaScript. Providers of Terraform take unknown values everywhere.
 */
export const PLAIN_INPUTS: Readonly<Record<string, PlainInputs>> = {
  "docker:index/image:Image": {
    paths: paths("skipPush build.args build.addHosts build.builderVersion build.network"),
    source:
      "pulumi/pulumi-docker, provider/image.go: marshalSkipPush, marshalArgs, marshalExtraHosts, marshalBuilder, marshalBuildAndApplyDefaults",
  },
  "awsx:ec2:Vpc": {
    paths: paths(
      "availabilityZoneCidrMask availabilityZoneNames availabilityZoneNames.* cidrBlock natGateways",
      "natGateways.strategy numberOfAvailabilityZones region subnetNameTagStrategy subnetSpecs",
      "subnetSpecs.* subnetSpecs.*.assignIpv6AddressOnCreation subnetSpecs.*.cidrBlocks",
      "subnetSpecs.*.cidrMask subnetSpecs.*.name subnetSpecs.*.size subnetSpecs.*.type",
      "subnetStrategy vpcEndpointSpecs vpcEndpointSpecs.* vpcEndpointSpecs.*.autoAccept",
      "vpcEndpointSpecs.*.privateDnsEnabled vpcEndpointSpecs.*.serviceName vpcEndpointStrategy",
    ),
    source:
      'pulumi/pulumi-awsx, provider/cmd/pulumi-resource-awsx/schema.json: "plain": true; awsx/ec2/vpc.ts, resolvePromptRegionForAzLookup',
  },
};

/** A sentence for each input of a resource that is unknown and may not be. */
export function unknownPlainInputs(type: string, inputs: WireMap): string[] {
  const plainInputs = PLAIN_INPUTS[type];
  if (plainInputs === undefined) return [];
  return plainInputs.paths
    .flatMap((path) => unknowns(inputs, path, ""))
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
