import {
  DescribeTargetGroupsCommand,
  DescribeTargetHealthCommand,
  ElasticLoadBalancingV2Client,
  type TargetGroup,
} from "@aws-sdk/client-elastic-load-balancing-v2";
import { once } from "node:events";
import { createServer, request, type IncomingMessage, type Server } from "node:http";
import type { AddressInfo } from "node:net";

type State = "initial" | "healthy" | "unhealthy";

interface Target {
  id: string;
  port: number;
  state: State;
  /** Checks in a row with the same answer. */
  passed: number;
  failed: number;
  /** Milliseconds since 1970. */
  nextCheck: number;
}

/** How often the targets are listed. */
const TICK_MILLISECONDS = 250;

/**
 * An address in front of the emulator that answers as it does, but for the health of targets: the emulator calls each
 * registered target healthy, this one asks them as a load balancer does.
 * Source: AWS, "Health checks for Application Load Balancer target groups": a new target is healthy after one check that
 * passes; one that was unhealthy after HealthyThresholdCount of them; any is unhealthy after UnhealthyThresholdCount that fail.
 */
export class TargetHealth {
  readonly #emulator: URL;
  readonly #elb: ElasticLoadBalancingV2Client;
  readonly #groups = new Map<string, Map<string, Target>>();
  readonly #server: Server;
  #timer: NodeJS.Timeout | undefined;

  private constructor(endpoint: string, region: string) {
    this.#emulator = new URL(endpoint);
    this.#elb = new ElasticLoadBalancingV2Client({
      endpoint,
      region,
      credentials: { accessKeyId: "test", secretAccessKey: "test" },
    });
    this.#server = createServer((incoming, answer) => {
      void readBody(incoming).then((body) => {
        const form = new URLSearchParams(body.toString());
        if (form.get("Action") === "DescribeTargetHealth") {
          answer.writeHead(200, { "content-type": "text/xml" });
          answer.end(this.#describe(form.get("TargetGroupArn") ?? ""));
          return;
        }
        const { hostname, port } = this.#emulator;
        const { method, url: path, headers } = incoming;
        const onward = request({ hostname, port, method, path, headers }, (response) => {
          answer.writeHead(response.statusCode ?? 502, response.headers);
          response.pipe(answer);
        });
        onward.on("error", () => answer.writeHead(502).end());
        onward.end(body);
      });
    });
  }

  static async start(endpoint: string, region: string): Promise<TargetHealth> {
    const health = new TargetHealth(endpoint, region);
    health.#server.listen(0, "127.0.0.1");
    await once(health.#server, "listening");
    health.#schedule();
    return health;
  }

  get endpoint(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  async stop(): Promise<void> {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#server.closeAllConnections();
    this.#server.close();
    await once(this.#server, "close");
    this.#elb.destroy();
  }

  #schedule(): void {
    this.#timer = setTimeout(() => {
      void this.#tick()
        // Groups come and go between two questions.
        .catch(() => undefined)
        .finally(() => {
          if (this.#timer !== undefined) this.#schedule();
        });
    }, TICK_MILLISECONDS);
  }

  async #tick(): Promise<void> {
    const { TargetGroups = [] } = await this.#elb.send(new DescribeTargetGroupsCommand({}));
    for (const group of TargetGroups) {
      const arn = group.TargetGroupArn ?? "";
      const { TargetHealthDescriptions = [] } = await this.#elb.send(
        new DescribeTargetHealthCommand({ TargetGroupArn: arn }),
      );
      const before = this.#groups.get(arn);
      const registered = TargetHealthDescriptions.map(({ Target: target }): [string, Target] => {
        const { Id: id = "", Port: port = 0 } = target ?? {};
        const fresh = { id, port, state: "initial" as const, passed: 0, failed: 0, nextCheck: 0 };
        return [`${id}:${port}`, before?.get(`${id}:${port}`) ?? fresh];
      });
      this.#groups.set(arn, new Map(registered));
      for (const [, target] of registered) void check(target, group);
    }
  }

  #describe(arn: string): string {
    const members = [...(this.#groups.get(arn)?.values() ?? [])].map(
      ({ id, port, state }) =>
        `<member><Target><Id>${id}</Id><Port>${port}</Port></Target><TargetHealth><State>${state}</State></TargetHealth></member>`,
    );
    return `<DescribeTargetHealthResponse><DescribeTargetHealthResult><TargetHealthDescriptions>${members.join("")}</TargetHealthDescriptions></DescribeTargetHealthResult></DescribeTargetHealthResponse>`;
  }
}

/** Asks a target where its time has come. */
async function check(target: Target, group: TargetGroup): Promise<void> {
  const now = Date.now();
  if (now < target.nextCheck) return;
  target.nextCheck = now + 1000 * (group.HealthCheckIntervalSeconds ?? 30);
  const passes = await answers(target, group);
  target.passed = passes ? target.passed + 1 : 0;
  target.failed = passes ? 0 : target.failed + 1;
  const needed = target.state === "unhealthy" ? (group.HealthyThresholdCount ?? 5) : 1;
  if (target.passed >= needed) target.state = "healthy";
  if (target.failed >= (group.UnhealthyThresholdCount ?? 2)) target.state = "unhealthy";
}

async function answers({ id, port }: Target, group: TargetGroup): Promise<boolean> {
  try {
    const timeout = AbortSignal.timeout(1000 * (group.HealthCheckTimeoutSeconds ?? 5));
    const path = group.HealthCheckPath ?? "/";
    const response = await fetch(`http://${id}:${port}${path}`, { signal: timeout });
    await response.body?.cancel();
    return response.status === 200;
  } catch {
    return false;
  }
}

async function readBody(incoming: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of incoming) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks);
}
