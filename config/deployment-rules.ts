import { servesHttps } from "./edge-rules.ts";
import type { Rule } from "./problem.ts";

/** What the strategies need, and what excludes each other. */
export const deploymentRules: Rule = (values, region) =>
  values.deployment.deploymentStrategy === "rolling"
    ? withoutShifting(values, region)
    : withShifting(values, region);

const withoutShifting: Rule = ({ deployment: { approval, testListenerPort: port } }) => ({
  // Lifecycle hooks stand between the stages of a traffic shift.
  approval:
    approval !== "none" &&
    `is ${approval}, but deploymentStrategy is rolling, which has no stage to wait at. Use blue-green, canary or linear, or set approval to none.`,
  testListenerPort:
    port > 0 &&
    `is ${port}, but deploymentStrategy is rolling, which has no new version apart to test. Use blue-green, canary or linear, or set it to 0.`,
});

const withShifting: Rule = (values) => {
  const { deployment, service } = values;
  const { deploymentStrategy: strategy, testListenerPort: port } = deployment;
  const https = servesHttps(values);
  return {
    deploymentStrategy: [
      // Clients of a DNS registry bypass the listener: they would meet the new tasks before any traffic was shifted.
      service.serviceDiscovery === "dns" &&
        `is ${strategy}, which shifts traffic at the load balancer, but serviceDiscovery is dns, which bypasses it. Use rolling, or connect for discovery.`,
      // Half of the capacity that the new version needs during a shift could be reclaimed at any minute.
      service.spotPercent === 100 &&
        service.onDemandBase === 0 &&
        `is ${strategy}, but every task runs on Spot capacity, which may vanish during a shift. Set onDemandBase to at least 1 or use rolling.`,
    ],
    approval:
      deployment.approval === "after-test-traffic" &&
      port === 0 &&
      "is after-test-traffic, but testListenerPort is 0, so there is no test traffic. Set testListenerPort, or use after-scale-up.",
    testListenerPort: [
      (port === 80 || (port === 443 && https)) &&
        `is ${port}, which serves callers already. Choose another port.`,
      port === 443 &&
        !https &&
        "is 443, but without a certificate the test listener speaks plain HTTP, which nobody expects there. Set certificateArn or hostedZone, or choose a port such as 8080.",
      // The network ACL of public subnets opens no other port below 1024.
      port > 0 &&
        port < 1024 &&
        ![80, 443].includes(port) &&
        `is ${port}, but the network lets callers in on 80, 443 and from 1024 on alone. Choose a port such as 8443.`,
    ],
    testIngressCidrs:
      port > 0 &&
      deployment.testIngressCidrs.length === 0 &&
      `is empty, but testListenerPort is ${port}: nobody could call it. Name the ranges that may.`,
  };
};
