import { boolean, choice, integer, key, list, text } from "../kinds.ts";
import { HOST_NAME } from "./patterns.ts";

/** Keys of the front door: names, and where they lead. */
export const edge = {
  edge: key(
    choice("load-balancer", "cloudfront"),
    "load-balancer",
    "What callers reach. With cloudfront a distribution stands before the load balancer, which then has no public address: HTTPS at once, by a name of CloudFront's own until domainName is set. docs/edge.md compares the two and says how a stack that runs changes.",
  ),
  hostedZone: key(
    text(
      "a Route 53 hosted zone by its name, such as example.com, or by its id, such as Z0123456789ABCDEFGHIJ",
      /^(([a-z0-9-]+\.)+[a-z]{2,}|Z[A-Z0-9]{5,31})$/,
      true,
    ),
    "",
    "Public hosted zone that domainName lies in. With it the stack makes the records of its names, and their certificate where certificateArn is empty; without it both are yours to make.",
  ),
  createHostedZone: key(
    boolean(),
    false,
    "Whether the stack creates hostedZone, for 0.50 USD a month, in place of looking it up. It has to be delegated to before the certificate is issued: the first deployment prints its name servers and waits. One stack creates a zone; others look it up.",
  ),
  extraDomainNames: key(
    list("host names such as www.example.com", HOST_NAME),
    [],
    "Further host names that lead to the service, in the same hosted zone and on the same certificate.",
  ),
  routing: key(
    choice("simple", "weighted", "latency", "failover", "geolocation"),
    "simple",
    "How Route 53 chooses among stacks with the same names, one in each region: not at all, by weight, by latency, the primary while it is healthy, or by where callers are. Each but simple has a health check on healthPath, for about 2 USD a month.",
  ),
  routingWeight: key(
    integer(0, 255),
    100,
    "With weighted routing, the stack's share among the weights of all; 0 takes it out.",
  ),
  failoverRole: key(
    choice("primary", "secondary"),
    "primary",
    "With failover routing, whether callers are sent here, or only while the primary is unhealthy.",
  ),
  otherHealthCheckIds: key(
    list("ids of Route 53 health checks", /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/),
    [],
    "Health checks of the other stacks of the same names, their output healthCheckId. With them a calculated check, at the price of another one, and an alarm tell when no stack at all is healthy. One of the stacks has the list.",
  ),
  geolocations: key(
    list(
      "places such as default, continent:EU, country:DE or country:US-CA",
      /^(default|continent:(AF|AN|AS|EU|NA|OC|SA)|country:[A-Z]{2}(-[A-Z0-9]{1,3})?)$/,
    ),
    [],
    "With geolocation routing, whose callers are sent here; one stack takes default, which is everybody else.",
  ),
};
