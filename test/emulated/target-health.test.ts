import {
  DescribeTargetHealthCommand,
  ElasticLoadBalancingV2Client,
} from "@aws-sdk/client-elastic-load-balancing-v2";
import { expect } from "chai";
import { once } from "node:events";
import { createServer, type RequestListener, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import { TargetHealth } from "./target-health.ts";

const REGION = "eu-west-1";
const INTERVAL_SECONDS = 1;

/** A load balancer's view of one target, in front of an emulator that calls it healthy whatever it does. */
describe("Health of targets in front of the emulator", function () {
  let target: Server;
  let emulator: Server;
  let health: TargetHealth;
  let elb: ElasticLoadBalancingV2Client;
  /** What the target answers to checks. */
  let status = 503;
  /** Checks so far. */
  let checks = 0;

  before(async () => {
    target = await listen((request, response) => {
      if (request.url === "/readyz") checks += 1;
      response.writeHead(status).end();
    });
    emulator = await listen((_, response) => {
      response.writeHead(200, { "content-type": "text/xml" });
      response.end(answer(port(target)));
    });
    health = await TargetHealth.start(`http://127.0.0.1:${port(emulator)}`, REGION);
    const credentials = { accessKeyId: "test", secretAccessKey: "test" };
    elb = new ElasticLoadBalancingV2Client({
      endpoint: health.endpoint,
      region: REGION,
      credentials,
    });
  });

  after(async () => {
    elb.destroy();
    await health.stop();
    for (const server of [target, emulator]) {
      server.closeAllConnections();
      server.close();
      await once(server, "close");
    }
  });

  /** State once so many checks more were answered. */
  async function stateAfter(more: number): Promise<string | undefined> {
    const until = checks + more;
    while (checks < until) await sleep(20);
    // The answer has to reach who asked.
    await sleep(300);
    const { TargetHealthDescriptions = [] } = await elb.send(
      new DescribeTargetHealthCommand({ TargetGroupArn: "group" }),
    );
    return TargetHealthDescriptions[0]?.TargetHealth?.State;
  }

  it("is initial until the checks have an answer, and unhealthy after two that fail", async () => {
    expect(await stateAfter(1)).to.equal("initial");
    expect(await stateAfter(1)).to.equal("unhealthy");
  });

  it("is healthy again after three checks that pass, and no sooner", async () => {
    status = 200;
    expect(await stateAfter(1)).to.equal("unhealthy");
    expect(await stateAfter(2)).to.equal("healthy");
  });

  it("passes everything else on", async () => {
    const response = await fetch(health.endpoint, { method: "POST", body: "Action=Other" });
    expect(await response.text()).to.equal(answer(port(target)));
  });
});

const port = (server: Server): number => (server.address() as AddressInfo).port;

async function listen(answers: RequestListener): Promise<Server> {
  const server = createServer(answers).listen(0, "127.0.0.1");
  await once(server, "listening");
  return server;
}

/** One answer for both questions: a group with its checks, and its target, healthy as the emulator has it. */
const answer = (port: number): string =>
  `<Answer><DescribeTargetGroupsResult><TargetGroups><member><TargetGroupArn>group</TargetGroupArn>${[
    `<HealthCheckIntervalSeconds>${INTERVAL_SECONDS}</HealthCheckIntervalSeconds>`,
    "<HealthCheckTimeoutSeconds>1</HealthCheckTimeoutSeconds>",
    "<HealthyThresholdCount>3</HealthyThresholdCount>",
    "<UnhealthyThresholdCount>2</UnhealthyThresholdCount>",
    "<HealthCheckPath>/readyz</HealthCheckPath>",
  ].join(
    "",
  )}</member></TargetGroups></DescribeTargetGroupsResult><DescribeTargetHealthResult><TargetHealthDescriptions><member><Target><Id>127.0.0.1</Id><Port>${port}</Port></Target><TargetHealth><State>healthy</State></TargetHealth></member></TargetHealthDescriptions></DescribeTargetHealthResult></Answer>`;
