import * as pulumi from "@pulumi/pulumi";
import { expect } from "chai";
import { once } from "node:events";
import { createServer, type IncomingMessage, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import {
  verifyDeployment,
  type VerifyDeploymentArgs,
} from "../../../src/live/verification/verify.ts";
import { ACCOUNT, answers, SUBJECT, type World } from "./answers.ts";
import { give } from "./stub.ts";
import { become } from "../../../../../test/helpers/environment.ts";

const OLD = { revision: 42, running: 3 };
const GOOD: World = {
  deployment: { status: "SUCCESSFUL", target: { revision: 43, running: 3 }, source: OLD },
};

/** ECS and STS over HTTP, and the load balancer where it `answers`. */
function awsEndpoint(world: World, asked: string[], answersHealth: boolean): Server {
  return createServer((request, response) => {
    void bodyOf(request).then((body) => {
      const action = String(request.headers["x-amz-target"]).split(".").at(-1) ?? "";
      asked.push(action === "undefined" ? (new URLSearchParams(body).get("Action") ?? "") : action);
      if (action === "undefined") {
        const xml = body.includes("GetCallerIdentity")
          ? `<GetCallerIdentityResponse><GetCallerIdentityResult><Account>${ACCOUNT}</Account></GetCallerIdentityResult></GetCallerIdentityResponse>`
          : answersHealth && body.includes("DescribeTargetHealth")
            ? HEALTH
            : undefined;
        response.writeHead(xml === undefined ? 403 : 200, { "content-type": "text/xml" });
        response.end(
          xml ??
            "<ErrorResponse><Error><Code>AccessDenied</Code><Message>not allowed</Message></Error></ErrorResponse>",
        );
        return;
      }
      const value = give(answers(world)[action] ?? {}, JSON.parse(body), 0);
      response.writeHead(200, { "content-type": "application/x-amz-json-1.1" });
      // The protocol's timestamps are seconds.
      response.end(
        JSON.stringify(value, (key, entry: unknown) =>
          key.endsWith("At") ? Date.parse(String(entry)) / 1000 : entry,
        ),
      );
    });
  });
}

/** Three healthy targets. */
const HEALTH = `<DescribeTargetHealthResponse><DescribeTargetHealthResult><TargetHealthDescriptions>${"<member><TargetHealth><State>healthy</State></TargetHealth></member>".repeat(3)}</TargetHealthDescriptions></DescribeTargetHealthResult></DescribeTargetHealthResponse>`;

async function bodyOf(request: IncomingMessage): Promise<string> {
  let text = "";
  for await (const chunk of request) text += String(chunk);
  return text;
}

describe("verifyDeployment", () => {
  const saved = { ...process.env };
  let server: Server;
  let asked: string[];

  async function verified(
    world: World,
    args: Partial<VerifyDeploymentArgs> = {},
    answersHealth = false,
  ): Promise<string> {
    asked = [];
    server = awsEndpoint(world, asked, answersHealth).listen(0, "127.0.0.1");
    await once(server, "listening");
    Object.assign(process.env, {
      AWS_ENDPOINT_URL: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
      AWS_ACCESS_KEY_ID: "test",
      AWS_SECRET_ACCESS_KEY: "test",
    });
    const output = verifyDeployment({ offline: false, region: "eu-west-1", ...SUBJECT, ...args });
    return new Promise((resolve, reject) => {
      // The output's own promise: an apply of it would report the failure to the engine as well.
      (output as unknown as { promise(): Promise<string> }).promise().then(resolve, reject);
    });
  }

  afterEach(() => {
    become(saved);
    server.closeAllConnections();
    server.close();
  });

  it("gives the service's name once the deployment is verified", async () => {
    const name = await verified(GOOD, {}, true);
    expect(name).to.equal("api-5f2e");
    expect(asked[0]).to.equal("GetCallerIdentity");
  });

  for (const [front, warnings] of [
    [
      "front.invalid",
      [
        "warning: [runtime] api.name.invalid does not resolve, so callers do not reach the service yet. Set hostedZone, so that the stack makes the record, or make one that leads to front.invalid: an alias in Route 53, a CNAME elsewhere.",
      ],
    ],
    ["api.name.invalid", []],
  ] as const)
    it(`passes, with ${warnings.length} warnings, where the name of a service has to lead to ${front}`, async () => {
      const warned: unknown[] = [];
      const { warn } = console;
      console.warn = (text: unknown) => warned.push(text);
      try {
        await verified(GOOD, { name: { url: "https://api.name.invalid", front } }, true);
      } finally {
        console.warn = warn;
      }
      expect(warned).to.deep.equal(warnings);
    });

  it("calls nothing a success whose health it may not ask for", async () => {
    const error = await verified(GOOD).catch((thrown: unknown) => thrown);
    expect((error as Error).message).to.match(
      /^the deployment could not be verified, because the credentials may not ask for it: AccessDenied: not allowed\. Allow /,
    );
  });

  it("fails with the post-mortem, without a stack trace, when the deployment was rolled back", async () => {
    const error = await verified({
      primary: 42,
      deployment: {
        status: "ROLLBACK_SUCCESSFUL",
        reason: "Circuit breaker threshold exceeded.",
        target: { revision: 43 },
        source: OLD,
      },
    }).catch((thrown: unknown) => thrown);

    expect(pulumi.RunError.isInstance(error)).to.be.true;
    expect((error as Error).message).to.equal(
      [
        "the deployment was rolled back: revision 43 is not running, revision 42 is.",
        "  why     Circuit breaker threshold exceeded.",
        "  cause   unknown: no task failed, no target is unhealthy, and the log says nothing",
        "  traffic revision 42 serves with 3 tasks",
        "  gap     the target health could not be read: AccessDenied: not allowed",
        "  gap     the target group could not be read: AccessDenied: not allowed",
        "  next    fix it and run `pulumi up` again, or `npm run rollback -- prod` to make the state agree with revision 42",
        "  logs    npm run logs -- prod --since 15m",
      ].join("\n"),
    );
  });

  it("asks nothing where nothing is deployed", async () => {
    expect(await verified({ status: "INACTIVE" }, { offline: true })).to.equal("api-5f2e");
    expect(asked).to.deep.equal([]);
  });

  it("lets the command pass while the service sleeps", async () => {
    const name = await verified({
      desired: 0,
      running: 0,
      deployment: { status: "SUCCESSFUL", target: { revision: 43, requested: 0 }, source: OLD },
    });
    expect(name).to.equal("api-5f2e");
  });
});
