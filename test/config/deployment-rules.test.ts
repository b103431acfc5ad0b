import { expect } from "chai";
import { broken } from "./helpers/values.ts";

type Settings = Record<string, unknown>;

function table(rows: [string, Settings, string[]][]): void {
  for (const [name, settings, sentences] of rows) {
    it(`${name}: ${sentences.length === 0 ? "accepted" : "refused"}`, () => {
      expect(broken(settings)).to.deep.equal(sentences);
    });
  }
}

describe("rules of deployments", () => {
  for (const deploymentStrategy of ["blue-green", "canary", "linear"]) {
    const testIngressCidrs = ["203.0.113.0/24"];
    const tested = { deploymentStrategy, testListenerPort: 8443, testIngressCidrs };
    table([
      [
        `${deploymentStrategy} with DNS discovery`,
        { deploymentStrategy, serviceDiscovery: "dns" },
        [
          `deploymentStrategy is ${deploymentStrategy}, which shifts traffic at the load balancer, but serviceDiscovery is dns, which bypasses it. Use rolling, or connect for discovery.`,
        ],
      ],
      [
        `${deploymentStrategy} on Spot alone`,
        { deploymentStrategy, spotPercent: 100 },
        [
          `deploymentStrategy is ${deploymentStrategy}, but every task runs on Spot capacity, which may vanish during a shift. Set onDemandBase to at least 1 or use rolling.`,
        ],
      ],
      [
        `${deploymentStrategy} on Spot above a base`,
        { deploymentStrategy, spotPercent: 100, onDemandBase: 1 },
        [],
      ],
      [`${deploymentStrategy} on mostly Spot`, { deploymentStrategy, spotPercent: 99 }, []],
      [
        `${deploymentStrategy} approved after scale-up`,
        { deploymentStrategy, approval: "after-scale-up" },
        [],
      ],
      [
        `${deploymentStrategy} approved after test traffic that cannot come`,
        { deploymentStrategy, approval: "after-test-traffic" },
        [
          "approval is after-test-traffic, but testListenerPort is 0, so there is no test traffic. Set testListenerPort, or use after-scale-up.",
        ],
      ],
      [
        `${deploymentStrategy} approved after test traffic`,
        { ...tested, approval: "after-test-traffic" },
        [],
      ],
      [
        `${deploymentStrategy} with a test listener for nobody`,
        { deploymentStrategy, testListenerPort: 8443 },
        [
          "testIngressCidrs is empty, but testListenerPort is 8443: nobody could call it. Name the ranges that may.",
        ],
      ],
      [
        `${deploymentStrategy} tested on the callers' port`,
        { ...tested, testListenerPort: 80 },
        ["testListenerPort is 80, which serves callers already. Choose another port."],
      ],
      [
        `${deploymentStrategy} tested on a port that the network keeps shut`,
        { ...tested, testListenerPort: 444 },
        [
          "testListenerPort is 444, but the network lets callers in on 80, 443 and from 1024 on alone. Choose a port such as 8443.",
        ],
      ],
      [
        `${deploymentStrategy} tested on 443 in plain HTTP`,
        { ...tested, testListenerPort: 443 },
        [
          "testListenerPort is 443, but without a certificate the test listener speaks plain HTTP, which nobody expects there. Set certificateArn or hostedZone, or choose a port such as 8080.",
        ],
      ],
      [
        `${deploymentStrategy} tested on the callers' HTTPS port`,
        {
          ...tested,
          testListenerPort: 443,
          certificateArn: "arn:aws:acm:eu-west-1:123456789012:certificate/abc",
          domainName: "api.example.com",
        },
        ["testListenerPort is 443, which serves callers already. Choose another port."],
      ],
      [
        `${deploymentStrategy} tested from a range that begins in the middle`,
        { ...tested, testIngressCidrs: ["203.0.113.9/24"] },
        [
          "testIngressCidrs holds 203.0.113.9/24, which is not the start of a range. Write 203.0.113.0/24.",
        ],
      ],
    ]);
  }

  table([
    ["rolling with DNS on Spot", { serviceDiscovery: "dns", spotPercent: 100 }, []],
    [
      "rolling with approval",
      { approval: "after-scale-up" },
      [
        "approval is after-scale-up, but deploymentStrategy is rolling, which has no stage to wait at. Use blue-green, canary or linear, or set approval to none.",
      ],
    ],
    [
      "rolling with a test listener",
      { testListenerPort: 8443, testIngressCidrs: ["203.0.113.0/24"] },
      [
        "testListenerPort is 8443, but deploymentStrategy is rolling, which has no new version apart to test. Use blue-green, canary or linear, or set it to 0.",
      ],
    ],
  ]);
});
