import { digest, type Computed } from "./resource.ts";

/** Hosted zone of the load balancers of a region (AWS General Reference, Elastic Load Balancing endpoints). */
const LOAD_BALANCER_ZONES: Record<string, string> = {
  "eu-central-1": "Z215JYRZR1TBD5",
  "eu-west-1": "Z32O12XQLNTSW2",
  "us-east-1": "Z35SXDOTRQ7X7K",
  "us-east-2": "Z3AADJGX6KTTL2",
  "us-west-2": "Z1H1FL5HABSF5",
};

/** Load balancers and target groups may have names of at most 32 characters. */
const MAX_NAME = 32;

const KINDS: Record<string, string> = { application: "app", network: "net", gateway: "gwy" };

export const loadBalancing: Record<string, Computed> = {
  "aws:lb/loadBalancer:LoadBalancer": (r) => {
    const name = r.physicalName("name", MAX_NAME);
    const type = r.text("loadBalancerType") || "application";
    const suffix = `${KINDS[type] ?? "app"}/${name}/${r.hex(16)}`;
    const arn = r.arn("elasticloadbalancing", `loadbalancer/${suffix}`);
    const internal = r.inputs["internal"] === true;
    return {
      id: arn,
      arn,
      arnSuffix: suffix,
      dnsName: `${internal ? "internal-" : ""}${name}-${r.digits(10)}.${r.region}.elb.amazonaws.com`,
      internal,
      ipAddressType: r.text("ipAddressType") || "ipv4",
      loadBalancerType: type,
      name,
      vpcId: `vpc-0${digest(JSON.stringify(r.list("subnets"))).slice(0, 16)}`,
      zoneId: LOAD_BALANCER_ZONES[r.region] ?? `Z${r.hex(13).toUpperCase()}`,
    };
  },
  "aws:lb/targetGroup:TargetGroup": (r) => {
    const name = r.physicalName("name", MAX_NAME);
    const suffix = `targetgroup/${name}/${r.hex(16)}`;
    const arn = r.arn("elasticloadbalancing", suffix);
    return { id: arn, arn, arnSuffix: suffix, loadBalancerArns: [], name };
  },
  "aws:lb/listener:Listener": (r) => {
    const arn = `${r.text("loadBalancerArn").replace(":loadbalancer/", ":listener/")}/${r.hex(16)}`;
    return { id: arn, arn };
  },
  "aws:lb/listenerRule:ListenerRule": (r) => {
    const arn = `${r.text("listenerArn").replace(":listener/", ":listener-rule/")}/${r.hex(16)}`;
    return { id: arn, arn };
  },
  "aws:lb/listenerCertificate:ListenerCertificate": (r) => ({
    id: `${r.text("listenerArn")}_${r.text("certificateArn")}`,
  }),
  "aws:lb/targetGroupAttachment:TargetGroupAttachment": (r) => ({
    id: `${r.text("targetGroupArn")}-${r.digits(20)}`,
  }),
  "aws:lb/trustStore:TrustStore": (r) => {
    const name = r.physicalName("name", MAX_NAME);
    const suffix = `truststore/${name}/${r.hex(16)}`;
    const arn = r.arn("elasticloadbalancing", suffix);
    return { id: arn, arn, arnSuffix: suffix, name };
  },
};
