import { createServer, type IncomingMessage, type Server } from "node:http";
import type { LiveService, World } from "./world.ts";

/** The calls of the AWS SDK that a program makes while it runs, answered from a {@link World}. */
export function awsApi(world: World): Server {
  return createServer((request, response) => {
    void body(request).then((text) => {
      const answer =
        request.url === "/control" ? control(world, text) : dispatch(world, request, text);
      const json = typeof answer !== "string";
      response.writeHead(200, {
        "content-type": json ? "application/x-amz-json-1.1" : "text/xml",
      });
      response.end(json ? JSON.stringify(answer) : answer);
    });
  });
}

async function body(request: IncomingMessage): Promise<string> {
  let text = "";
  for await (const chunk of request) text += String(chunk);
  return text;
}

/** What a test tells the world: `{"outcome": "rolls-back"}`, `{"asleep": true}`; and what it is told. */
function control(world: World, text: string): object {
  Object.assign(world, JSON.parse(text) as Partial<World>);
  return {
    outages: world.outages,
    verified: [...world.verified],
    hooks: [...world.services.values()].flatMap(({ lifecycleHooks }) => lifecycleHooks),
    objects: world.standing.objects(),
  };
}

function dispatch(world: World, request: IncomingMessage, text: string): string | object {
  const target = request.headers["x-amz-target"];
  if (typeof target === "string")
    return ecs(world, target.split(".").at(-1) ?? "", JSON.parse(text) as Call);
  return query(world, new URLSearchParams(text));
}

type Call = Readonly<Record<string, unknown>>;

function ecs(world: World, action: string, call: Call): object {
  const services = [...world.services.values()];
  const named = (value: unknown): LiveService[] =>
    services.filter(({ name }) => (Array.isArray(value) ? value.includes(name) : value === name));
  switch (action) {
    case "DescribeServices":
      return {
        services: named(call["services"]).map((service) => describe(service, world.asleep)),
        failures: [],
      };
    case "ListServices":
      return { serviceArns: services.map(({ name }) => name) };
    case "UpdateService": {
      const [service] = named(call["service"]);
      const { lifecycleHooks } = call["deploymentConfiguration"] as Partial<LiveService>;
      if (service !== undefined && lifecycleHooks !== undefined)
        service.lifecycleHooks = lifecycleHooks;
      return { service: service && describe(service, world.asleep) };
    }
    case "ListServiceDeployments":
      return {
        serviceDeployments: named(call["service"]).map(({ deployment }) => ({
          serviceDeploymentArn: deployment.arn,
          createdAt: deployment.createdAt,
        })),
      };
    case "DescribeServiceDeployments":
      return {
        serviceDeployments: services
          .filter(({ deployment }) =>
            (call["serviceDeploymentArns"] as string[]).includes(deployment.arn),
          )
          .map((service) => {
            world.verified.add(service.name);
            return describeDeployment(service);
          }),
      };
    case "DescribeServiceRevisions":
      return {
        serviceRevisions: services
          .flatMap(({ deployment }) => [deployment.target, deployment.source])
          .filter((revision) => revision !== undefined)
          .map(({ arn, taskDefinition, targetGroup }) => ({
            serviceRevisionArn: arn,
            taskDefinition,
            resolvedConfiguration: { loadBalancers: [{ targetGroupArn: targetGroup }] },
          })),
      };
    case "DescribeTaskDefinition":
      return {
        taskDefinition: { taskDefinitionArn: call["taskDefinition"], containerDefinitions: [] },
      };
    case "ListTasks":
      return { taskArns: [] };
    case "DescribeAlarms":
      return { MetricAlarms: [] };
    case "GetLogEvents":
      return { events: [] };
    default:
      throw new Error(`no answer for ${action}`);
  }
}

function describe(service: LiveService, asleep: boolean): object {
  const desired = asleep ? 0 : service.desired;
  return {
    serviceName: service.name,
    serviceArn: service.name,
    status: "ACTIVE",
    desiredCount: desired,
    runningCount: desired,
    pendingCount: 0,
    taskDefinition: service.live.taskDefinition,
    deploymentConfiguration: {
      strategy: service.deployment.strategy,
      lifecycleHooks: service.lifecycleHooks,
    },
    loadBalancers: [{ targetGroupArn: service.live.targetGroup }],
    deployments: [
      {
        id: `ecs-svc/${service.live.arn.split("/").at(-1) ?? ""}`,
        status: "PRIMARY",
        taskDefinition: service.live.taskDefinition,
        rolloutState: "COMPLETED",
        createdAt: service.deployment.createdAt,
        desiredCount: desired,
        runningCount: desired,
      },
    ],
  };
}

function describeDeployment({ deployment, desired }: LiveService): object {
  const counts = { requestedTaskCount: desired, pendingTaskCount: 0 };
  return {
    serviceDeploymentArn: deployment.arn,
    status: deployment.status,
    createdAt: deployment.createdAt,
    finishedAt: deployment.finishedAt,
    deploymentConfiguration: { strategy: deployment.strategy },
    targetServiceRevision: {
      arn: deployment.target.arn,
      ...counts,
      runningTaskCount: deployment.status === "SUCCESSFUL" ? desired : 0,
    },
    sourceServiceRevisions:
      deployment.source === undefined
        ? []
        : [{ arn: deployment.source.arn, ...counts, runningTaskCount: desired }],
  };
}

/** The older protocol of STS and Elastic Load Balancing: a form in, XML out. */
function query(world: World, form: URLSearchParams): string {
  const action = form.get("Action") ?? "";
  switch (action) {
    case "GetCallerIdentity":
      return result(
        action,
        "<Account>123456789012</Account><Arn>arn:aws:iam::123456789012:user/test</Arn>",
      );
    case "DescribeListeners":
      return result(
        action,
        `<Listeners>${[...world.listeners.values()]
          .filter(({ balancer }) => balancer === form.get("LoadBalancerArn"))
          .map(
            ({ arn, port }) =>
              `<member><ListenerArn>${arn}</ListenerArn><Port>${port}</Port></member>`,
          )
          .join("")}</Listeners>`,
      );
    case "DescribeRules":
      return result(action, `<Rules>${rules(world, form)}</Rules>`);
    case "DescribeTargetHealth":
      return result(
        action,
        `<TargetHealthDescriptions>${healthyTargets(world)}</TargetHealthDescriptions>`,
      );
    case "DescribeTargetGroups":
      return result(action, "<TargetGroups></TargetGroups>");
    case "DescribeTargetGroupAttributes":
      return result(action, "<Attributes></Attributes>");
    default:
      throw new Error(`no answer for ${action}`);
  }
}

/** Every task that is to run does, and is healthy. */
const healthyTargets = ({ services }: World): string =>
  [...services.values()]
    .flatMap(({ desired }) => Array.from({ length: desired }, () => "healthy"))
    .map((state) => `<member><TargetHealth><State>${state}</State></TargetHealth></member>`)
    .join("");

const result = (action: string, content: string): string =>
  `<${action}Response><${action}Result>${content}</${action}Result></${action}Response>`;

function rules(world: World, form: URLSearchParams): string {
  return [...world.rules.values()]
    .filter(
      ({ arn, listener }) =>
        listener === form.get("ListenerArn") || arn === form.get("RuleArns.member.1"),
    )
    .map(({ arn, priority, groups }) => {
      const members = groups.map(
        (group) =>
          `<member><TargetGroupArn>${group.arn}</TargetGroupArn><Weight>${group.weight}</Weight></member>`,
      );
      return `<member><RuleArn>${arn}</RuleArn><Priority>${priority}</Priority><Actions><member><Type>forward</Type><ForwardConfig><TargetGroups>${members.join("")}</TargetGroups></ForwardConfig></member></Actions></member>`;
    })
    .join("");
}
