import { servesHttps } from "./edge-rules.ts";
import type { Problem } from "./problem.ts";
import type { StackValues } from "./keys.ts";

/** What the strategies need, and what excludes each other. */
export const deploymentRules = (values: StackValues): (Problem | false)[] =>
  values.deployment.deploymentStrategy === "rolling"
    ? withoutShifting(values)
    : withShifting(values);

function withoutShifting({ deployment }: StackValues): (Problem | false)[] {
  return [
    // Lifecycle hooks stand between the stages of a traffic shift.
    deployment.approval !== "none" && {
      key: "approval",
      reason: `is ${deployment.approval}, but deploymentStrategy is rolling, which has no stage to wait at. Use blue-green, canary or linear, or set approval to none.`,
    },
    deployment.testListenerPort > 0 && {
      key: "testListenerPort",
      reason: `is ${deployment.testListenerPort}, but deploymentStrategy is rolling, which has no new version apart to test. Use blue-green, canary or linear, or set it to 0.`,
    },
  ];
}

function withShifting(values: StackValues): (Problem | false)[] {
  const { deployment, service } = values;
  const { deploymentStrategy: strategy, testListenerPort: port } = deployment;
  const https = servesHttps(values);
  return [
    // Clients of a DNS registry bypass the listener: they would meet the new tasks before any traffic was shifted.
    service.serviceDiscovery === "dns" && {
      key: "deploymentStrategy",
      reason: `is ${strategy}, which shifts traffic at the load balancer, but serviceDiscovery is dns, which bypasses it. Use rolling, or connect for discovery.`,
    },
    // Half of the capacity that the new version needs during a shift could be reclaimed at any minute.
    service.spotPercent === 100 &&
      service.onDemandBase === 0 && {
        key: "deploymentStrategy",
        reason: `is ${strategy}, but every task runs on Spot capacity, which may vanish during a shift. Set onDemandBase to at least 1 or use rolling.`,
      },
    deployment.approval === "after-test-traffic" &&
      port === 0 && {
        key: "approval",
        reason:
          "is after-test-traffic, but testListenerPort is 0, so there is no test traffic. Set testListenerPort, or use after-scale-up.",
      },
    (port === 80 || (port === 443 && https)) && {
      key: "testListenerPort",
      reason: `is ${port}, which serves callers already. Choose another port.`,
    },
    port === 443 &&
      !https && {
        key: "testListenerPort",
        reason:
          "is 443, but without a certificate the test listener speaks plain HTTP, which nobody expects there. Set certificateArn or hostedZone, or choose a port such as 8080.",
      },
    // The network ACL of public subnets opens no other port below 1024.
    port > 0 &&
      port < 1024 &&
      ![80, 443].includes(port) && {
        key: "testListenerPort",
        reason: `is ${port}, but the network lets callers in on 80, 443 and from 1024 on alone. Choose a port such as 8443.`,
      },
    port > 0 &&
      deployment.testIngressCidrs.length === 0 && {
        key: "testIngressCidrs",
        reason: `is empty, but testListenerPort is ${port}: nobody could call it. Name the ranges that may.`,
      },
  ];
}
