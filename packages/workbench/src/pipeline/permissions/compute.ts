import {
  HERE,
  made,
  named,
  RECORDS,
  ANYWHERE,
  row,
  TAGGED,
  type Permission,
  type Permissions,
  type Writes,
} from "./permission.ts";
import { actions } from "./policy.ts";

const REPOSITORY = named("aws:ecr/repository:Repository");
const CLUSTER = named("aws:ecs/cluster:Cluster");
const FAMILY = named("aws:ecs/taskDefinition:TaskDefinition");
const SERVICE = "aws:ecs/service:Service";
const SCALABLE = "application-autoscaling:scalable-target";

const ecr = (file: string, read: string, write: string, remove = ""): Permission =>
  row(
    `ecr/${file}`,
    `ecr: ${read}`,
    [[REPOSITORY, `ecr: ${write}`]],
    [[REPOSITORY, `ecr: ${remove}`]],
  );

const BALANCER = "aws:lb/loadBalancer:LoadBalancer";
/** A load balancer's listeners and rules have its name and number in theirs. */
const LISTENER = "$1$2$3listener/$5/*";
const RULE = "$1$2$3listener-rule/$5/*";

const elb = (file: string, read: string, write: Writes, remove: Writes = []): Permission =>
  row(`elbv2/${file}`, `elasticloadbalancing: DescribeTags ${read}`, write, remove);

/** What a scaling policy or action does to a scalable target, which has tags alone to tell it by. */
const scaling = (file: string, read: string, write: Writes): Permission =>
  row(`appautoscaling/${file}`, `application-autoscaling: ListTagsForResource ${read}`, write);

const discovery = (file: string, read: string, write: Writes): Permission =>
  row(`servicediscovery/${file}`, `servicediscovery: ${read} ListTagsForResource`, [
    ...write,
    [HERE, "servicediscovery: TagResource UntagResource"],
  ]);

const SCHEDULE = named("aws:scheduler/schedule:Schedule");
const GROUP = named("aws:scheduler/scheduleGroup:ScheduleGroup");

export const compute: Permissions = {
  // Its alarms are made in the caller's name. Source: AWS, "Application Auto Scaling identity-based policy examples".
  "appautoscaling/Policy": scaling(
    "policy.go",
    "DescribeScalingPolicies cloudwatch: DescribeAlarms",
    [
      [TAGGED, "application-autoscaling: PutScalingPolicy DeleteScalingPolicy"],
      [
        named(SERVICE, "$1cloudwatch$3alarm:TargetTracking-service/$5-*"),
        "cloudwatch: PutMetricAlarm DeleteAlarms",
      ],
    ],
  ),
  "appautoscaling/ScheduledAction": scaling("scheduled_action.go", "DescribeScheduledActions", [
    [TAGGED, "application-autoscaling: PutScheduledAction DeleteScheduledAction"],
  ]),
  "appautoscaling/Target": scaling("target.go", "DescribeScalableTargets", [
    // A target that is there is registered anew, without its tags.
    [made(SCALABLE), "application-autoscaling: RegisterScalableTarget TagResource"],
    [
      TAGGED,
      "application-autoscaling: RegisterScalableTarget DeregisterScalableTarget TagResource UntagResource",
    ],
  ]),
  "ecr/LifecyclePolicy": ecr(
    "lifecycle_policy.go",
    "GetLifecyclePolicy",
    "PutLifecyclePolicy DeleteLifecyclePolicy",
  ),
  "ecr/Repository": ecr(
    "repository.go",
    "DescribeRepositories ListImages ListTagsForResource",
    "CreateRepository PutImageScanningConfiguration PutImageTagMutability TagResource UntagResource",
    "DeleteRepository BatchDeleteImage",
  ),
  "ecs/Cluster": row("ecs/cluster.go", "ecs: DescribeClusters ListTagsForResource", [
    [
      CLUSTER,
      "ecs: CreateCluster UpdateCluster UpdateClusterSettings DeleteCluster TagResource UntagResource",
    ],
  ]),
  "ecs/ClusterCapacityProviders": row(
    "ecs/cluster_capacity_providers.go",
    "ecs: DescribeClusters DescribeCapacityProviders",
    [[CLUSTER, "ecs: PutClusterCapacityProviders"]],
  ),
  "ecs/Service": row(
    "ecs/service.go",
    // Whether an alarm fires decides if a deployment can be rolled back by it.
    "ecs: DescribeServices DescribeServiceDeployments DescribeServiceRevisions DescribeTasks ListServiceDeployments ListServices ListTasks cloudwatch: DescribeAlarms",
    [
      [named(SERVICE), "ecs: CreateService UpdateService DeleteService TagResource UntagResource"],
      // To stop a deployment is checked against both. Source: AWS, Service Authorization Reference, Amazon ECS.
      [named(SERVICE, "$&", "$1$2$3service-deployment/$5/*"), "ecs: StopServiceDeployment"],
    ],
  ),
  "ecs/TaskDefinition": row(
    "ecs/task_definition.go",
    "ecs: DescribeTaskDefinition ListTaskDefinitions",
    [
      [FAMILY, "ecs: RegisterTaskDefinition TagResource UntagResource"],
      [HERE, "ecs: DeregisterTaskDefinition"],
      // A task can be run once as a gate before traffic; it has the tags of its definition.
      [FAMILY, "ecs: RunTask"],
      [named("aws:ecs/cluster:Cluster", "$1$2$3task/$5/*"), "ecs: StopTask TagResource"],
    ],
  ),
  "lb/Listener": elb(
    "listener.go",
    "DescribeListeners DescribeListenerAttributes DescribeListenerCertificates",
    [
      [
        named(BALANCER, "$&", LISTENER),
        "elasticloadbalancing: CreateListener ModifyListener ModifyListenerAttributes DeleteListener AddListenerCertificates RemoveListenerCertificates AddTags RemoveTags",
      ],
    ],
  ),
  "lb/ListenerRule": elb("listener_rule.go", "DescribeRules", [
    [
      named(BALANCER, LISTENER, RULE),
      "elasticloadbalancing: CreateRule ModifyRule DeleteRule SetRulePriorities AddTags RemoveTags",
    ],
  ]),
  // Made in the network that the caller may see, and its interfaces are waited for when it goes.
  // Source: AWS, "Elastic Load Balancing API permissions".
  "lb/LoadBalancer": elb(
    "load_balancer.go",
    "DescribeLoadBalancers DescribeLoadBalancerAttributes DescribeCapacityReservation ec2: DescribeAccountAttributes DescribeAddresses DescribeInternetGateways DescribeNetworkInterfaces DescribeSecurityGroups DescribeSubnets DescribeVpcs",
    [
      [
        named(BALANCER),
        "elasticloadbalancing: CreateLoadBalancer ModifyLoadBalancerAttributes SetIpAddressType SetSecurityGroups SetSubnets AddTags RemoveTags",
      ],
    ],
    [[named(BALANCER), "elasticloadbalancing: DeleteLoadBalancer"]],
  ),
  "lb/TargetGroup": elb(
    "target_group.go",
    "DescribeTargetGroups DescribeTargetGroupAttributes DescribeTargetHealth ec2: DescribeInternetGateways DescribeVpcs",
    [
      [
        named("aws:lb/targetGroup:TargetGroup"),
        "elasticloadbalancing: CreateTargetGroup ModifyTargetGroup ModifyTargetGroupAttributes DeleteTargetGroup AddTags RemoveTags",
      ],
    ],
  ),
  // A schedule has no tags of its own.
  "scheduler/Schedule": row("scheduler/schedule.go", "scheduler: GetSchedule", [
    [SCHEDULE, "scheduler: CreateSchedule UpdateSchedule DeleteSchedule"],
  ]),
  "scheduler/ScheduleGroup": row(
    "scheduler/schedule_group.go",
    "scheduler: GetScheduleGroup ListTagsForResource",
    [[GROUP, "scheduler: CreateScheduleGroup DeleteScheduleGroup TagResource UntagResource"]],
  ),
  "servicediscovery/HttpNamespace": discovery("http_namespace.go", "GetNamespace GetOperation", [
    [made(), "servicediscovery: CreateHttpNamespace"],
    [TAGGED, "servicediscovery: UpdateHttpNamespace DeleteNamespace"],
  ]),
  // A private namespace is a hosted zone of Route 53 in the VPC, which Cloud Map makes in the caller's name.
  // Source: AWS, "AWS managed policies for AWS Cloud Map".
  "servicediscovery/PrivateDnsNamespace": discovery(
    "private_dns_namespace.go",
    "GetNamespace GetOperation route53: GetHostedZone ListHostedZonesByName ec2: DescribeRegions DescribeVpcs servicediscovery:",
    [
      [made(), "servicediscovery: CreatePrivateDnsNamespace"],
      [TAGGED, "servicediscovery: UpdatePrivateDnsNamespace DeleteNamespace"],
      [ANYWHERE, "route53: CreateHostedZone DeleteHostedZone"],
      [RECORDS, "route53: ChangeResourceRecordSets"],
    ],
  ),
  "servicediscovery/Service": discovery("service.go", "GetService ListInstances", [
    [made("servicediscovery:service"), "servicediscovery: CreateService"],
    [TAGGED, "servicediscovery: CreateService UpdateService DeleteService DeregisterInstance"],
  ]),
  // The plugin builds with the Docker daemon and pushes; the nightly scan pulls what runs.
};

/** Of the image that the program builds and pushes. */
export const image: Permission = {
  ...row('Docker Registry HTTP API V2, as Amazon ECR User Guide, "Pushing an image", has it', "", [
    [
      REPOSITORY,
      "ecr: BatchCheckLayerAvailability CompleteLayerUpload InitiateLayerUpload PutImage UploadLayerPart",
    ],
  ]),
  list: { on: REPOSITORY, actions: actions("ecr: BatchGetImage GetDownloadUrlForLayer") },
};
