import type * as aws from "@pulumi/aws";

/** How answers are shared out when several stacks have a record of the same name. Pure. */

export interface RoutingArgs {
  routing: "simple" | "weighted" | "latency" | "failover" | "geolocation";
  /** 0 to 255: the stack's share among all weights. */
  routingWeight: number;
  failoverRole: "primary" | "secondary";
  /** `default`, `continent:EU`, `country:DE` or `country:US-CA`. */
  geolocations: readonly string[];
  region: string;
  /** Tells the stack's record from those of other stacks. */
  stackName: string;
}

/** One record of a name, among those of other stacks. */
export interface Route {
  /** Ends its logical name; empty for the one that stays when the routing changes. */
  suffix: string;
  policy: Pick<
    aws.route53.RecordArgs,
    | "setIdentifier"
    | "weightedRoutingPolicies"
    | "latencyRoutingPolicies"
    | "failoverRoutingPolicies"
    | "geolocationRoutingPolicies"
  >;
}

export function routes(args: RoutingArgs): Route[] {
  const setIdentifier = args.stackName;
  const only = (policy: Route["policy"]): Route[] => [{ suffix: "", policy }];
  switch (args.routing) {
    case "simple":
      return only({});
    case "weighted":
      return only({ setIdentifier, weightedRoutingPolicies: [{ weight: args.routingWeight }] });
    case "latency":
      return only({ setIdentifier, latencyRoutingPolicies: [{ region: args.region }] });
    case "failover":
      return only({
        setIdentifier,
        failoverRoutingPolicies: [{ type: args.failoverRole.toUpperCase() }],
      });
    case "geolocation":
      // The default first: a simple record becomes it in place, and AWS takes others only then.
      return args.geolocations
        .toSorted((a, b) => Number(b === DEFAULT) - Number(a === DEFAULT))
        .map((location) => {
          const suffix = location === DEFAULT ? "" : `-${location.replace(":", "-").toLowerCase()}`;
          return {
            suffix,
            policy: {
              setIdentifier: `${setIdentifier}${suffix}`,
              geolocationRoutingPolicies: [geolocation(location)],
            },
          };
        });
  }
}

/** Everybody whose place no record names. */
const DEFAULT = "default";

/** AWS calls the default the country `*`. Source: AWS, GeoLocation, Route 53 API Reference. */
function geolocation(location: string): aws.types.input.route53.RecordGeolocationRoutingPolicy {
  const [kind, code = ""] = location.split(":");
  if (kind === DEFAULT) return { country: "*" };
  if (kind === "continent") return { continent: code };
  const [country = "", subdivision] = code.split("-");
  return subdivision === undefined ? { country } : { country, subdivision };
}
