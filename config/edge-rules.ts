import { LONGEST_WAIT_SECONDS } from "../components/edge/cloudfront.ts";
import { isPlaceholder } from "./kinds.ts";
import type { StackValues } from "./keys.ts";
import { problemsOf, type Problem, type Rule } from "./problem.ts";
import { ownHosts, type Services } from "./services.ts";

/** Whether CloudFront stands before the load balancer. */
export const hasDistribution = ({ edge }: Pick<StackValues, "edge">): boolean =>
  edge.edge === "cloudfront";

/** Whether callers reach the stack by HTTPS: by CloudFront, with a certificate of their own, or one that the stack makes. */
export const servesHttps = ({ edge, loadBalancer }: StackValues): boolean =>
  hasDistribution({ edge }) || loadBalancer.certificateArn !== "" || edge.hostedZone !== "";

type Names = Pick<StackValues, "edge" | "loadBalancer">;

/** Host names that lead to the stack, each once: the main one first, and those of single services. */
export const callersNames = ({
  edge,
  loadBalancer,
  declared,
}: Names & { readonly declared: Services }): string[] => [
  ...new Set([loadBalancer.domainName, ...edge.extraDomainNames, ...ownHosts(declared)]),
];

/** Services whose host name no record of the stack could lead to, or no certificate is for. */
export const strayHosts = (services: Services, { edge, loadBalancer }: Names): Problem[] => {
  const { hostedZone } = edge;
  const uncertified =
    hasDistribution({ edge }) && hostedZone === "" && loadBalancer.certificateArn === "";
  return problemsOf({
    hostedZone: ownHosts(services).map((host) =>
      uncertified
        ? `is empty, but services.ts has the host ${host}, and edge is cloudfront, which serves a name by its certificate alone. Set hostedZone, or certificateArn, or give the service a path in place of the host.`
        : outside(host, hostedZone) &&
          `is ${hostedZone}, but services.ts has the host ${host}, which does not lie in it. Change one of the two: a stack's names share one zone.`,
    ),
  });
};

/** By its id nobody knows a zone's name before it is asked. */
const outside = (name: string, hostedZone: string): boolean =>
  hostedZone.includes(".") &&
  name !== "" &&
  !isPlaceholder(name) &&
  !isPlaceholder(hostedZone) &&
  name !== hostedZone &&
  !name.endsWith(`.${hostedZone}`);

/** ACM puts the first name into the certificate's common name. Source: AWS, RequestCertificate, ACM API Reference. */
const LONGEST_FIRST_NAME = 64;

/** The names of a stack, and the hosted zone that they lie in. */
export const names: Rule = (values, region) =>
  values.edge.hostedZone === "" ? withoutZone(values, region) : withZone(values, region);

const withoutZone: Rule = ({ edge: { createHostedZone, extraDomainNames } }) => ({
  createHostedZone:
    createHostedZone && "is true, but hostedZone is empty. Set the name of the zone to create.",
  extraDomainNames:
    extraDomainNames.length > 0 &&
    `names ${extraDomainNames.join(", ")}, but hostedZone is empty, so the stack makes no record of it. Set hostedZone, or remove the list.`,
});

const withZone: Rule = ({ edge, loadBalancer: { domainName, certificateArn } }) => {
  const { hostedZone, createHostedZone, extraDomainNames } = edge;
  return {
    domainName: [
      domainName === "" &&
        `is empty, but hostedZone is ${hostedZone}. Set the host name that callers use.`,
      outside(domainName, hostedZone) &&
        `is ${domainName}, which does not lie in hostedZone (${hostedZone}). Choose a name that ends in .${hostedZone}, or the zone of this one.`,
      certificateArn === "" &&
        !isPlaceholder(domainName) &&
        domainName.length > LONGEST_FIRST_NAME &&
        `has ${domainName.length} characters, but the first name of a certificate may have ${LONGEST_FIRST_NAME}. Set a shorter one, and this one under extraDomainNames.`,
    ],
    createHostedZone:
      createHostedZone &&
      !hostedZone.includes(".") &&
      !isPlaceholder(hostedZone) &&
      `is true, but hostedZone is ${hostedZone}, the id of a zone that exists. Write the name of the zone to create, or set createHostedZone to false.`,
    extraDomainNames: extraDomainNames.flatMap((name) => [
      name === domainName && `holds ${name}, which is domainName. Remove it.`,
      outside(name, hostedZone) &&
        `holds ${name}, which does not lie in hostedZone (${hostedZone}). Remove it: a stack's names share one zone.`,
    ]),
  };
};

/** What does not go together with CloudFront before an internal load balancer. */
export const cloudFront: Rule = ({ edge, loadBalancer, deployment, network, app }) => {
  if (!hasDistribution({ edge })) return {};
  const { domainName, certificateArn, ingressCidrs } = loadBalancer;
  return {
    domainName:
      domainName !== "" &&
      certificateArn === "" &&
      edge.hostedZone === "" &&
      `is ${domainName}, but edge is cloudfront, which serves a name by its certificate alone. Set hostedZone, or certificateArn, or remove the name: callers then use CloudFront's own.`,
    // Source: AWS, "Use custom URLs by adding alternate domain names (CNAMEs)", Amazon CloudFront Developer Guide.
    routing:
      edge.routing !== "simple" &&
      `is ${edge.routing}, but edge is cloudfront, and CloudFront lets one distribution alone have a name, so no other stack could share it. Use simple, or edge load-balancer.`,
    ingressCidrs:
      ingressCidrs.join() !== "0.0.0.0/0" &&
      `holds ${ingressCidrs.join(", ")}, but edge is cloudfront, so the load balancer sees CloudFront alone and cannot tell callers apart. Remove it; a rule of the web ACL can.`,
    testListenerPort:
      deployment.testListenerPort !== 0 &&
      `is ${deployment.testListenerPort}, but edge is cloudfront, so the load balancer has no public address that testers could call. Set it to 0.`,
    requestTimeoutSeconds:
      app.requestTimeoutSeconds > LONGEST_WAIT_SECONDS &&
      `is ${app.requestTimeoutSeconds}, but edge is cloudfront, which waits ${LONGEST_WAIT_SECONDS} seconds at most. Lower it.`,
    privateSubnetIds:
      network.vpcId !== "" &&
      network.privateSubnetIds.length < 2 &&
      "names fewer than two subnets, but edge is cloudfront, whose load balancer lies in private ones of two zones. Name them.",
  };
};

/** What sharing a name among stacks needs. */
export const routing: Rule = ({ edge, loadBalancer, service }) => {
  const { routing: kind, geolocations, hostedZone } = edge;
  const shared = kind !== "simple";
  return {
    geolocations: [
      kind === "geolocation" &&
        geolocations.length === 0 &&
        "is empty, but routing is geolocation: no caller would be sent here. Name places such as continent:EU, and default in one stack.",
      kind !== "geolocation" &&
        geolocations.length > 0 &&
        `names ${geolocations.join(", ")}, but routing is ${kind}. Set routing to geolocation, or remove the list.`,
    ],
    routing: [
      shared &&
        hostedZone === "" &&
        `is ${kind}, but hostedZone is empty, so the stack has no record to route by. Set hostedZone, or simple.`,
      // Their addresses are many and change. Source: AWS, "Configuring router and firewall rules for health checks".
      shared &&
        !loadBalancer.ingressCidrs.includes("0.0.0.0/0") &&
        `is ${kind}, but ingressCidrs keeps Route 53's health checkers out, so the stack would count as unhealthy. Use simple, or add 0.0.0.0/0.`,
      shared &&
        service.awakeHours !== "always" &&
        `is ${kind}, but the stack sleeps outside of awakeHours (${service.awakeHours}) and would count as unhealthy then. Use simple, or set awakeHours to always.`,
    ],
  };
};
