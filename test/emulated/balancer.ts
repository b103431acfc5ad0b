import {
  CreateListenerCommand,
  CreateLoadBalancerCommand,
  CreateRuleCommand,
  CreateTargetGroupCommand,
  DeleteListenerCommand,
  DeleteLoadBalancerCommand,
  DeleteRuleCommand,
  DeleteTargetGroupCommand,
  DescribeLoadBalancersCommand,
  DescribeTargetGroupsCommand,
  ElasticLoadBalancingV2Client,
  ModifyListenerCommand,
  ModifyRuleCommand,
  SetRulePrioritiesCommand,
  type Action,
  type ElasticLoadBalancingV2ClientConfig,
  type ProtocolEnum,
  type RedirectActionStatusCodeEnum,
  type TargetTypeEnum,
} from "@aws-sdk/client-elastic-load-balancing-v2";
import { once } from "node:events";
import { createServer, request, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { Claims } from "./claims.ts";
import type { Known, Made, Properties } from "./cloud.ts";

interface HealthCheck {
  path: string;
  interval: number;
  timeout: number;
  healthyThreshold: number;
  unhealthyThreshold: number;
}

const LISTENER = "aws:lb/listener:Listener";
const RULE = "aws:lb/listenerRule:ListenerRule";

/** Load balancers of the emulator, each with an address of its own on this machine. */
export class EmulatedBalancer {
  readonly #client: ElasticLoadBalancingV2Client;
  readonly #endpoint: URL;
  readonly #doors = new Map<string, Server>();
  /** The emulator itself takes two listeners for one port. */
  readonly #claims = new Claims();

  constructor(config: ElasticLoadBalancingV2ClientConfig & { endpoint: string }) {
    this.#client = new ElasticLoadBalancingV2Client(config);
    this.#endpoint = new URL(config.endpoint);
  }

  kinds() {
    const unchanged = (known: Known): Promise<Made> => Promise.resolve(known);
    return {
      "aws:lb/loadBalancer:LoadBalancer": {
        create: (name: string, inputs: Properties) => this.#createBalancer(name, inputs),
        update: unchanged,
        delete: async ({ id }: Known) => {
          await this.#client.send(new DeleteLoadBalancerCommand({ LoadBalancerArn: id }));
          await this.#close(id);
        },
      },
      "aws:lb/targetGroup:TargetGroup": {
        create: (name: string, inputs: Properties) => this.#createGroup(name, inputs),
        update: unchanged,
        delete: ({ id }: Known) =>
          this.#client.send(new DeleteTargetGroupCommand({ TargetGroupArn: id })),
      },
      [LISTENER]: {
        create: async (_: string, inputs: Properties) => {
          this.#claims.refuseTaken(LISTENER, inputs);
          const { Listeners = [] } = await this.#client.send(
            new CreateListenerCommand({
              LoadBalancerArn: String(inputs["loadBalancerArn"]),
              ...listener(inputs),
            }),
          );
          return this.#taken(LISTENER, Listeners[0]?.ListenerArn, inputs);
        },
        update: async (known: Known, inputs: Properties) => {
          this.#claims.take(LISTENER, known.id, inputs);
          await this.#client.send(
            new ModifyListenerCommand({ ListenerArn: known.id, ...listener(inputs) }),
          );
          return known;
        },
        delete: async ({ id }: Known) => {
          await this.#client.send(new DeleteListenerCommand({ ListenerArn: id }));
          this.#claims.release(id);
        },
      },
      [RULE]: {
        create: async (_: string, inputs: Properties) => {
          this.#claims.refuseTaken(RULE, inputs);
          const { Rules = [] } = await this.#client.send(
            new CreateRuleCommand({
              ListenerArn: String(inputs["listenerArn"]),
              Priority: Number(inputs["priority"]),
              ...rule(inputs),
            }),
          );
          return this.#taken(RULE, Rules[0]?.RuleArn, inputs);
        },
        update: async (known: Known, inputs: Properties) => {
          this.#claims.take(RULE, known.id, inputs);
          await this.#client.send(new ModifyRuleCommand({ RuleArn: known.id, ...rule(inputs) }));
          const priority = { RuleArn: known.id, Priority: Number(inputs["priority"]) };
          await this.#client.send(new SetRulePrioritiesCommand({ RulePriorities: [priority] }));
          return known;
        },
        delete: async ({ id }: Known) => {
          await this.#client.send(new DeleteRuleCommand({ RuleArn: id }));
          this.#claims.release(id);
        },
      },
    };
  }

  /** Names of what exists. */
  async left(): Promise<string[]> {
    const { LoadBalancers = [] } = await this.#client.send(new DescribeLoadBalancersCommand({}));
    const { TargetGroups = [] } = await this.#client.send(new DescribeTargetGroupsCommand({}));
    return [
      ...LoadBalancers.map(({ LoadBalancerName = "" }) => LoadBalancerName),
      ...TargetGroups.map(({ TargetGroupName = "" }) => TargetGroupName),
    ];
  }

  async stop(): Promise<void> {
    for (const arn of this.#doors.keys()) await this.#close(arn);
    this.#client.destroy();
  }

  #taken(type: string, arn = "", inputs: Properties): Made {
    this.#claims.take(type, arn, inputs);
    return { id: arn, outputs: { arn } };
  }

  async #createBalancer(name: string, inputs: Properties): Promise<Made> {
    const { LoadBalancers = [] } = await this.#client.send(
      new CreateLoadBalancerCommand({ Name: name, Subnets: list(inputs["subnets"]) }),
    );
    const { LoadBalancerArn: arn = "", LoadBalancerName: balancer = "" } = LoadBalancers[0] ?? {};
    const dnsName = await this.#open(arn, `${balancer.toLowerCase()}.alb.localhost`);
    return {
      id: arn,
      outputs: { arn, arnSuffix: arn.split(":loadbalancer/").at(-1), name: balancer, dnsName },
    };
  }

  async #createGroup(name: string, inputs: Properties): Promise<Made> {
    const check = inputs["healthCheck"] as HealthCheck;
    const { TargetGroups = [] } = await this.#client.send(
      new CreateTargetGroupCommand({
        Name: name,
        Port: Number(inputs["port"]),
        Protocol: inputs["protocol"] as ProtocolEnum,
        TargetType: inputs["targetType"] as TargetTypeEnum,
        VpcId: String(inputs["vpcId"]),
        HealthCheckPath: check.path,
        HealthCheckIntervalSeconds: check.interval,
        HealthCheckTimeoutSeconds: check.timeout,
        HealthyThresholdCount: check.healthyThreshold,
        UnhealthyThresholdCount: check.unhealthyThreshold,
      }),
    );
    const { TargetGroupArn: arn = "", TargetGroupName: group = "" } = TargetGroups[0] ?? {};
    return { id: arn, outputs: { arn, arnSuffix: arn.split(":").at(-1), name: group } };
  }

  /**
   * The emulator tells load balancers apart by the name in the Host header, which resolves nowhere: a port that puts it in.
   * @returns host and port
   */
  async #open(arn: string, host: string): Promise<string> {
    const door = createServer((incoming, answer) => {
      const { method, url, headers } = incoming;
      const { hostname, port } = this.#endpoint;
      const onward = request(
        { hostname, port, method, path: url, headers: { ...headers, host } },
        (response) => {
          answer.writeHead(response.statusCode ?? 502, response.headers);
          response.pipe(answer);
        },
      );
      onward.on("error", () => answer.writeHead(502).end());
      incoming.pipe(onward);
    }).listen(0, "127.0.0.1");
    await once(door, "listening");
    this.#doors.set(arn, door);
    return `127.0.0.1:${(door.address() as AddressInfo).port}`;
  }

  async #close(arn: string): Promise<void> {
    const door = this.#doors.get(arn);
    if (door === undefined) return;
    this.#doors.delete(arn);
    door.closeAllConnections();
    door.close();
    await once(door, "close");
  }
}

/** The emulator knows one target group for each action, not their weights. */
function actions(value: unknown): Action[] {
  return (value as Record<string, unknown>[]).map((action): Action => {
    if (action["type"] === "forward") {
      const { targetGroups } = action["forward"] as { targetGroups: { arn: string }[] };
      const [group, ...more] = targetGroups;
      if (group === undefined || more.length > 0)
        throw new Error(`The emulator forwards to one target group, not ${targetGroups.length}.`);
      return { Type: "forward", TargetGroupArn: group.arn };
    }
    if (action["type"] === "redirect") {
      const { port, protocol, statusCode } = action["redirect"] as Record<string, string>;
      return {
        Type: "redirect",
        RedirectConfig: {
          Port: port,
          Protocol: protocol,
          StatusCode: statusCode as RedirectActionStatusCodeEnum,
        },
      };
    }
    const { statusCode, contentType, messageBody } = action["fixedResponse"] as Record<
      string,
      string
    >;
    return {
      Type: "fixed-response",
      FixedResponseConfig: {
        StatusCode: statusCode,
        ContentType: contentType,
        MessageBody: messageBody,
      },
    };
  });
}

/** What CreateListener and ModifyListener take alike. */
function listener(inputs: Properties) {
  const { certificateArn, sslPolicy } = inputs as Readonly<Record<string, string | undefined>>;
  return {
    Port: Number(inputs["port"]),
    Protocol: inputs["protocol"] as ProtocolEnum,
    DefaultActions: actions(inputs["defaultActions"]),
    ...(certificateArn === undefined
      ? {}
      : { Certificates: [{ CertificateArn: certificateArn }], SslPolicy: sslPolicy }),
  };
}

/** What CreateRule and ModifyRule take alike. */
function rule(inputs: Properties) {
  const conditions = inputs["conditions"] as { pathPattern: { values: string[] } }[];
  return {
    Actions: actions(inputs["actions"]),
    Conditions: conditions.map(({ pathPattern }) => ({
      Field: "path-pattern",
      PathPatternConfig: { Values: pathPattern.values },
    })),
  };
}

const list = (value: unknown): string[] => (Array.isArray(value) ? value.map(String) : []);
