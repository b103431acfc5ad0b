import { expect } from "chai";
import { match } from "@koa-fargate/workbench/assert/index.ts";
import { all, at, byName, names, one, planOf, show, stackOf } from "./helpers/plans.ts";
import { PROJECT } from "../helpers/project.ts";

const filledIn = {
  allowedAccountIds: ["123456789012"],
  certificateArn: "arn:aws:acm:eu-west-1:123456789012:certificate/abc",
  domainName: "api.example.com",
  alarmEmails: ["a@example.com", "b@example.com"],
  secrets: { ACCESS_HASHES: "arn:aws:secretsmanager:eu-west-1:123456789012:secret:keys-AbCdEf" },
};

describe("prod is highly available, private and watched", () => {
  it("three zones with a NAT gateway each, endpoints, and all traffic logged", async () => {
    const plan = await planOf("prod");

    expect(byName(plan, "Subnet", ({ inputs }) => inputs["cidrBlock"])).to.deep.equal({
      "network-private-1": "10.0.0.0/20",
      "network-private-2": "10.0.64.0/20",
      "network-private-3": "10.0.128.0/20",
      "network-public-1": "10.0.16.0/24",
      "network-public-2": "10.0.80.0/24",
      "network-public-3": "10.0.144.0/24",
    });
    expect(names(all(plan, "NatGateway"))).to.deep.equal(["network-1", "network-2", "network-3"]);
    expect(byName(plan, "VpcEndpoint", ({ inputs }) => inputs["vpcEndpointType"])).to.deep.equal({
      "com.amazonaws.eu-west-1.dynamodb": "Gateway",
      "com.amazonaws.eu-west-1.ecr.api": "Interface",
      "com.amazonaws.eu-west-1.ecr.dkr": "Interface",
      "com.amazonaws.eu-west-1.logs": "Interface",
      "com.amazonaws.eu-west-1.s3": "Gateway",
    });
    expect(one(plan, "FlowLog").inputs["trafficType"]).to.equal("ALL");
  });

  it("three to twelve tasks of half a vCPU, on demand, in private subnets without addresses", async () => {
    const plan = await planOf("prod");
    const { inputs } = one(plan, "ecs/service:Service");
    const subnets = all(plan, "Subnet")
      .filter(({ name }) => name.includes("private"))
      .map(({ outputs }) => outputs["id"]);
    const target = one(plan, "appautoscaling/target:Target");

    expect([
      inputs["desiredCount"],
      target.inputs["minCapacity"],
      target.inputs["maxCapacity"],
    ]).to.deep.equal([3, 3, 12]);
    expect(inputs["capacityProviderStrategies"]).to.deep.equal([
      { base: 0, capacityProvider: "FARGATE", weight: 100 },
    ]);
    expect(at(inputs, "networkConfiguration", "assignPublicIp")).to.equal(false);
    expect(at(inputs, "networkConfiguration", "subnets")).to.have.members(subnets);
    expect(one(plan, "TaskDefinition").inputs).to.deep.include({ cpu: "512", memory: "1024" });
    expect(inputs["availabilityZoneRebalancing"]).to.equal("ENABLED");
    expect(inputs["enableExecuteCommand"]).to.equal(false);
    expect(all(plan, "ScheduledAction")).to.deep.equal([]);
  });

  it("serves HTTPS with AWS's recommended policy, and redirects HTTP to it", async () => {
    const stack = await stackOf("prod", filledIn);
    const https = {
      port: 443,
      protocol: "HTTPS",
      certificateArn: filledIn.certificateArn,
      sslPolicy: "ELBSecurityPolicy-TLS13-1-2-Res-PQ-2025-09",
      routingHttpResponseServerEnabled: false,
      routingHttpResponseStrictTransportSecurityHeaderValue: "max-age=63072000; includeSubDomains",
      routingHttpResponseXContentTypeOptionsHeaderValue: "nosniff",
      defaultActions: [{ type: "fixed-response" }],
    };
    const redirect = {
      port: 80,
      protocol: "HTTP",
      defaultActions: match.exact([
        { type: "redirect", redirect: { port: "443", protocol: "HTTPS", statusCode: "HTTP_301" } },
      ]),
    };

    stack.hasResource("aws:lb/listener:Listener", https, { name: "load-balancer-https" });
    stack.hasResource("aws:lb/listener:Listener", redirect, { name: "load-balancer-http" });
    stack.resourceCountIs("aws:lb/listener:Listener", 2);
    stack.hasOutput("url", "https://api.example.com");
  });

  it("the rule that carries traffic stands on the HTTPS listener, blue first, and ECS moves its weights", async () => {
    const plan = await planOf("prod");
    const { inputs, options } = one(plan, "ListenerRule");
    const arn = (color: string) =>
      one(plan, "TargetGroup", `load-balancer-${color}`).outputs["arn"];

    expect(inputs["listenerArn"]).to.equal(
      one(plan, "lb/listener:Listener", "load-balancer-https").outputs["arn"],
    );
    expect(inputs["conditions"]).to.deep.equal([{ pathPattern: { values: ["/*"] } }]);
    expect(inputs["actions"]).to.deep.equal([
      {
        type: "forward",
        forward: {
          targetGroups: [
            { arn: arn("blue"), weight: 1 },
            { arn: arn("green"), weight: 0 },
          ],
        },
      },
    ]);
    expect(options.ignoreChanges).to.deep.equal(["actions[0].forward.targetGroups"]);
  });

  it("a new version gets a tenth of the traffic first, and nine alarms in place of a circuit breaker watch it", async () => {
    const plan = await planOf("prod");
    const { inputs } = one(plan, "ecs/service:Service");

    expect(inputs["deploymentConfiguration"]).to.deep.equal({
      strategy: "CANARY",
      bakeTimeInMinutes: "5",
      canaryConfiguration: { canaryPercent: 10, canaryBakeTimeInMinutes: "5" },
    });
    expect(inputs["deploymentCircuitBreaker"]).to.deep.equal({ enable: false, rollback: false });
    expect(inputs["alarms"]).to.deep.equal({
      enable: true,
      rollback: true,
      alarmNames: ["blue-errors", "blue-latency", "blue-unhealthy"]
        .concat(["green-errors", "green-latency", "green-unhealthy"])
        .concat(["control-errors", "control-latency", "balancer"])
        .map((alarm) => one(plan, "MetricAlarm", `deployment-${alarm}`).outputs["name"]),
    });
  });

  it("the load balancer drops malformed headers, defends against desync and logs for a year", async () => {
    const stack = await stackOf("prod");
    const logs = stack.hasResource("aws:s3/bucket:Bucket", {}, { name: "storage-logs" });
    const { bucket } = logs.outputs;

    stack.allResources("aws:lb/loadBalancer:LoadBalancer", {
      loadBalancerType: "application",
      idleTimeout: 60,
      dropInvalidHeaderFields: true,
      desyncMitigationMode: "defensive",
      accessLogs: match.exact({ bucket, prefix: "access", enabled: true }),
      connectionLogs: match.exact({ bucket, prefix: "connection", enabled: true }),
    });
  });

  it("the account's trail covers every region, proves its files and can be searched in CloudWatch", async () => {
    const plan = await planOf("prod");
    const { inputs } = one(plan, "Trail");

    expect(inputs).to.deep.include({
      name: `${PROJECT}-prod`,
      s3KeyPrefix: "trail",
      isMultiRegionTrail: true,
      includeGlobalServiceEvents: true,
      enableLogFileValidation: true,
      cloudWatchLogsGroupArn: `${show(one(plan, "LogGroup", "audit").outputs["arn"])}:*`,
      cloudWatchLogsRoleArn: one(plan, "Role", "audit-role").outputs["arn"],
    });
  });

  it("alarms reach everybody who is on call", async () => {
    const plan = await planOf("prod", filledIn);
    const topic = one(plan, "Topic").outputs["arn"];
    const actions = byName(plan, "MetricAlarm", ({ inputs }) => [
      inputs["alarmActions"],
      inputs["okActions"],
      inputs["treatMissingData"],
    ]);

    expect(
      byName(plan, "TopicSubscription", ({ inputs }) => [inputs["protocol"], inputs["endpoint"]]),
    ).to.deep.equal({
      "notifications-email-1": ["email", "a@example.com"],
      "notifications-email-2": ["email", "b@example.com"],
    });
    // An owner may add others, of which the same is asked.
    expect(Object.keys(actions)).to.include.members([
      "deployment-blue-errors",
      "deployment-blue-latency",
      "deployment-blue-unhealthy",
      "deployment-green-errors",
      "deployment-green-latency",
      "deployment-green-unhealthy",
      "deployment-control-errors",
      "deployment-control-latency",
      "deployment-balancer",
      "observability-cpu",
      "observability-memory",
      "observability-table-throttles",
    ]);
    for (const values of Object.values(actions))
      expect(values).to.deep.equal([[topic], [topic], "notBreaching"]);
  });

  it("alarms watch this load balancer, service and table", async () => {
    const plan = await planOf("prod");
    const dimensions = byName(plan, "MetricAlarm", ({ inputs }) =>
      at(inputs, "metricQueries", 0, "metric", "dimensions"),
    );
    const balancer = one(plan, "lb/loadBalancer:LoadBalancer").outputs["arnSuffix"];
    const group = (color: string) => ({
      LoadBalancer: balancer,
      TargetGroup: one(plan, "TargetGroup", `load-balancer-${color}`).outputs["arnSuffix"],
    });
    const service = {
      ClusterName: one(plan, "Cluster").outputs["name"],
      ServiceName: one(plan, "ecs/service:Service").outputs["name"],
    };

    expect(dimensions).to.deep.include({
      "deployment-blue-errors": group("blue"),
      "deployment-blue-latency": group("blue"),
      "deployment-blue-unhealthy": group("blue"),
      "deployment-green-errors": group("green"),
      "deployment-green-latency": group("green"),
      "deployment-green-unhealthy": group("green"),
      "deployment-balancer": { LoadBalancer: balancer },
      "observability-cpu": service,
      "observability-memory": service,
      "observability-table-throttles": { TableName: one(plan, "Table").outputs["name"] },
    });
  });

  it("scales by requests over the healthy tasks of both groups too", async () => {
    const plan = await planOf("prod");
    const configuration = at(
      one(plan, "appautoscaling/policy:Policy", "api-scaling-requests").inputs,
      "targetTrackingScalingPolicyConfiguration",
    );
    const dimensions = (color: string) => [
      {
        name: "LoadBalancer",
        value: one(plan, "lb/loadBalancer:LoadBalancer").outputs["arnSuffix"],
      },
      {
        name: "TargetGroup",
        value: one(plan, "TargetGroup", `load-balancer-${color}`).outputs["arnSuffix"],
      },
    ];
    const metric = (id: string, metricName: string, stat: string, color: string) => ({
      id,
      returnData: false,
      metricStat: {
        stat,
        metric: { namespace: "AWS/ApplicationELB", metricName, dimensions: dimensions(color) },
      },
    });

    expect(configuration).to.deep.equal({
      targetValue: 24000,
      scaleOutCooldown: 60,
      scaleInCooldown: 300,
      customizedMetricSpecification: {
        metrics: [
          metric("requests1", "RequestCount", "Sum", "blue"),
          metric("healthy1", "HealthyHostCount", "Average", "blue"),
          metric("requests2", "RequestCount", "Sum", "green"),
          metric("healthy2", "HealthyHostCount", "Average", "green"),
          {
            id: "per_task",
            label: "Requests per task and minute",
            expression:
              "(FILL(requests1, 0) + FILL(requests2, 0)) / (FILL(healthy1, 0) + FILL(healthy2, 0))",
            returnData: true,
          },
        ],
      },
    });
  });

  it("secrets reach the container by ARN alone", async () => {
    const secrets = [{ name: "ACCESS_HASHES", valueFrom: filledIn.secrets.ACCESS_HASHES }];

    (await stackOf("prod", filledIn)).allResources("aws:ecs/taskDefinition:TaskDefinition", {
      containerDefinitions: match.serializedJson([{ secrets: match.exact(secrets) }]),
    });
  });
});
