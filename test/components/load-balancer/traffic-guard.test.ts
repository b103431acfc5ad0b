import * as pulumi from "@pulumi/pulumi";
import { expect } from "chai";
import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { trafficGuard } from "../../../components/load-balancer/traffic-guard.ts";
import { become } from "../../helpers/environment.ts";

const promiseOf = <T>(output: pulumi.Output<T>): Promise<T> =>
  (output as unknown as { promise(): Promise<T> }).promise();

const ARN = "arn:aws:elasticloadbalancing:eu-west-1:123456789012";
const [BLUE, GREEN] = ["blue", "green"].map((color) => `${ARN}:targetgroup/${color}/1`) as [
  string,
  string,
];

/** Weights of blue and green by the port of the listener that forwards; a port without them redirects. */
type Live = Readonly<Record<number, readonly [number, number] | undefined>>;

/** Runs with a load balancer of these listeners in AWS's place. */
async function withListeners<T>(live: Live, run: () => Promise<T>): Promise<T> {
  const server = createServer((request, response) => {
    let text = "";
    request.setEncoding("utf8");
    request.on("data", (chunk: string) => (text += chunk));
    request.on("end", () => {
      const form = new URLSearchParams(text);
      const action = form.get("Action") ?? "";
      response.setHeader("content-type", "text/xml");
      response.end(
        `<${action}Response><${action}Result>${answer(live, form)}</${action}Result></${action}Response>`,
      );
    });
  }).listen(0, "127.0.0.1");
  await once(server, "listening");
  point(`http://127.0.0.1:${(server.address() as AddressInfo).port}`);
  try {
    return await run();
  } finally {
    server.closeAllConnections();
    server.close();
  }
}

function answer(live: Live, form: URLSearchParams): string {
  if (form.get("Action") === "DescribeListeners")
    return `<Listeners>${Object.keys(live)
      .map((port) => `<member><ListenerArn>${port}</ListenerArn><Port>${port}</Port></member>`)
      .join("")}</Listeners>`;
  const weights = live[Number(form.get("ListenerArn"))];
  const action =
    weights === undefined
      ? "<Type>redirect</Type>"
      : `<Type>forward</Type><ForwardConfig><TargetGroups>${[BLUE, GREEN]
          .map(
            (arn, index) =>
              `<member><TargetGroupArn>${arn}</TargetGroupArn><Weight>${weights[index] ?? 0}</Weight></member>`,
          )
          .join("")}</TargetGroups></ForwardConfig>`;
  return `<Rules><member><Priority>100</Priority><Actions><member>${action}</member></Actions></member></Rules>`;
}

function point(endpoint: string): void {
  Object.assign(process.env, {
    AWS_ENDPOINT_URL: endpoint,
    AWS_ACCESS_KEY_ID: "test",
    AWS_SECRET_ACCESS_KEY: "test",
    AWS_MAX_ATTEMPTS: "1",
  });
}

const STRANDED =
  /^deploymentStrategy would become rolling, which drops the target group green, but that carries 100 % of the traffic now\. /;

const moved = (certificate: string, port: number): RegExp =>
  new RegExp(
    `^certificateArn ${certificate}, but deploymentStrategy shifts traffic by the rule of the listener that serves, and callers would stay on the one of port ${port} until its tasks are gone\\. Deploy with deploymentStrategy rolling first, then change the certificate, and then set the strategy again\\.$`,
  );

describe("trafficGuard", () => {
  const saved = { ...process.env };

  afterEach(() => {
    become(saved);
  });

  /** The guard's answer, or its refusal. */
  const guard = (strategy: "rolling" | "shifting", certificateArn = ""): Promise<unknown> =>
    promiseOf(
      pulumi.output(
        trafficGuard(
          {
            offline: false,
            loadBalancerArn: "balancer",
            region: "eu-west-1",
            certificateArn,
            trafficShifting: strategy === "shifting",
          },
          (strategy === "shifting" ? [BLUE, GREEN] : [BLUE]).map((arn) => pulumi.output(arn)),
        )("value"),
      ),
    ).catch((error: unknown) => (error as Error).message);

  it("asks nothing where it is planned offline", () => {
    point("http://127.0.0.1:9");
    const args = { offline: true, loadBalancerArn: "balancer", region: "eu-west-1" };
    const offline = trafficGuard({ ...args, certificateArn: "", trafficShifting: false }, []);
    expect(offline("value")).to.equal("value");
  });

  const passes: [string, Live, Parameters<typeof guard>][] = [
    ["rolling, where blue serves", { 80: [1, 0] }, ["rolling"]],
    ["rolling, where nothing is forwarded yet", { 80: undefined }, ["rolling"]],
    ["rolling, and a certificate that is new", { 80: [1, 0] }, ["rolling", "arn"]],
    ["shifting, whichever serves", { 80: [0, 1] }, ["shifting"]],
    ["shifting with a certificate", { 80: undefined, 443: [0, 1] }, ["shifting", "arn"]],
    ["shifting, where nothing is forwarded yet", {}, ["shifting", "arn"]],
  ];
  for (const [name, live, args] of passes)
    it(`lets pass: ${name}`, async () => {
      expect(await withListeners(live, () => guard(...args))).to.equal("value");
    });

  const refusals: [string, Live, Parameters<typeof guard>, RegExp][] = [
    ["rolling, where green serves", { 80: [0, 1] }, ["rolling"], STRANDED],
    // The next rule's own listener has none yet.
    [
      "rolling and a new certificate, where green serves",
      { 80: [0, 1] },
      ["rolling", "arn"],
      STRANDED,
    ],
    [
      "rolling, where green serves HTTPS",
      { 80: undefined, 443: [0, 1] },
      ["rolling", "arn"],
      STRANDED,
    ],
    [
      "a new certificate while traffic shifts",
      { 80: [1, 0] },
      ["shifting", "arn"],
      moved("is new", 80),
    ],
    [
      "a certificate that goes while traffic shifts",
      { 80: undefined, 443: [1, 0] },
      ["shifting"],
      moved("is gone", 443),
    ],
  ];
  for (const [name, live, args, sentence] of refusals)
    it(`refuses ${name}`, async () => {
      expect(await withListeners(live, () => guard(...args))).to.match(sentence);
    });

  // Port 9 (discard) is closed on this machine; a name with two addresses fails with an error that says nothing itself.
  for (const host of ["127.0.0.1", "localhost"])
    it(`says in one sentence that the network to AWS fails: ${host}`, async () => {
      point(`http://${host}:9`);
      expect(await guard("rolling")).to.match(
        /^which target group carries the traffic could not be asked of Elastic Load Balancing in eu-west-1, so the listener's rule was not touched: connect ECONNREFUSED \S+:9\. Check the network and the credentials, and run it again\.$/,
      );
    });
});
