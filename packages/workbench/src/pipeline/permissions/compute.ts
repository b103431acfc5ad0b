import { row, type Permission, type Permissions } from "./permission.ts";
import { actions } from "./policy.ts";

const ecr = (read: string, write: string): Permission =>
  row(`ecr: ${read}`, `ecr: ${write}`, { arnsOf: "aws:ecr/repository:Repository" });
const CLUSTER = { arnsOf: "aws:ecs/cluster:Cluster" };

/**
 * @param network calls to EC2: a load balancer and its target groups are made with the network that the caller may see.
 *   Source: AWS, "Elastic Load Balancing API permissions".
 */
const elb = (read: string, write: string, network = ""): Permission =>
  row(
    `elasticloadbalancing: ${read} DescribeTags ec2: ${network}`,
    `elasticloadbalancing: ${write} AddTags RemoveTags`,
  );

const scaling = (read: string, write: string): Permission =>
  row(
    `application-autoscaling: ListTagsForResource ${read}`,
    `application-autoscaling: TagResource UntagResource ${write}`,
  );

const discovery = (read: string, write: string): Permission =>
  row(
    `servicediscovery: ${read} GetOperation ListTagsForResource`,
    `servicediscovery: ${write} TagResource UntagResource`,
  );

export const compute: Permissions = {
  // Its alarms are made in the caller's name. Source: AWS, "Application Auto Scaling identity-based policy examples".
  "aws:appautoscaling/policy:Policy": scaling(
    "DescribeScalingPolicies cloudwatch: DescribeAlarms",
    "PutScalingPolicy DeleteScalingPolicy cloudwatch: PutMetricAlarm DeleteAlarms",
  ),
  "aws:appautoscaling/scheduledAction:ScheduledAction": scaling(
    "DescribeScheduledActions",
    "PutScheduledAction DeleteScheduledAction",
  ),
  "aws:appautoscaling/target:Target": scaling(
    "DescribeScalableTargets",
    "RegisterScalableTarget DeregisterScalableTarget",
  ),
  "aws:ecr/lifecyclePolicy:LifecyclePolicy": ecr(
    "GetLifecyclePolicy",
    "PutLifecyclePolicy DeleteLifecyclePolicy",
  ),
  "aws:ecr/repository:Repository": ecr(
    "DescribeRepositories ListTagsForResource",
    "CreateRepository DeleteRepository PutImageScanningConfiguration PutImageTagMutability TagResource UntagResource BatchDeleteImage ListImages",
  ),
  "aws:ecr/repositoryPolicy:RepositoryPolicy": ecr(
    "GetRepositoryPolicy",
    "SetRepositoryPolicy DeleteRepositoryPolicy",
  ),
  "aws:ecs/cluster:Cluster": row(
    "ecs: DescribeClusters ListTagsForResource",
    "ecs: CreateCluster UpdateCluster UpdateClusterSettings DeleteCluster TagResource UntagResource",
    CLUSTER,
  ),
  "aws:ecs/clusterCapacityProviders:ClusterCapacityProviders": row(
    "ecs: DescribeClusters DescribeCapacityProviders",
    "ecs: PutClusterCapacityProviders",
    CLUSTER,
  ),
  "aws:ecs/service:Service": row(
    // Whether an alarm fires decides if a deployment can be rolled back by it.
    "ecs: DescribeServices DescribeServiceDeployments DescribeServiceRevisions DescribeTasks ListServiceDeployments ListServices ListTasks cloudwatch: DescribeAlarms",
    "ecs: CreateService UpdateService DeleteService StopServiceDeployment TagResource UntagResource",
    // To stop a deployment is checked against both. Source: AWS, Service Authorization Reference, Amazon ECS.
    { arnsOf: "aws:ecs/service:Service", below: "service-deployment" },
  ),
  "aws:ecs/taskDefinition:TaskDefinition": row(
    "ecs: DescribeTaskDefinition ListTaskDefinitions",
    // DeregisterTaskDefinition knows no resources. Source: AWS, Service Authorization Reference, Amazon ECS.
    // A task can be run once as a gate before traffic.
    "ecs: RegisterTaskDefinition DeregisterTaskDefinition RunTask StopTask TagResource UntagResource",
  ),
  "aws:lb/listener:Listener": elb(
    "DescribeListeners DescribeListenerAttributes DescribeListenerCertificates",
    "CreateListener ModifyListener ModifyListenerAttributes DeleteListener AddListenerCertificates RemoveListenerCertificates",
  ),
  "aws:lb/listenerCertificate:ListenerCertificate": elb(
    "DescribeListenerCertificates",
    "AddListenerCertificates RemoveListenerCertificates",
  ),
  "aws:lb/listenerRule:ListenerRule": elb(
    "DescribeRules",
    "CreateRule ModifyRule DeleteRule SetRulePriorities",
  ),
  "aws:lb/loadBalancer:LoadBalancer": elb(
    "DescribeLoadBalancers DescribeLoadBalancerAttributes DescribeCapacityReservation",
    "CreateLoadBalancer DeleteLoadBalancer ModifyLoadBalancerAttributes SetIpAddressType SetSecurityGroups SetSubnets",
    "DescribeAccountAttributes DescribeAddresses DescribeInternetGateways DescribeSecurityGroups DescribeSubnets DescribeVpcs",
  ),
  "aws:lb/targetGroup:TargetGroup": elb(
    "DescribeTargetGroups DescribeTargetGroupAttributes DescribeTargetHealth",
    "CreateTargetGroup ModifyTargetGroup ModifyTargetGroupAttributes DeleteTargetGroup",
    "DescribeInternetGateways DescribeVpcs",
  ),
  // A schedule has no tags of its own. Source: Terraform AWS provider, internal/service/scheduler.
  "aws:scheduler/schedule:Schedule": row(
    "scheduler: GetSchedule",
    "scheduler: CreateSchedule UpdateSchedule DeleteSchedule",
    { arnsOf: "aws:scheduler/schedule:Schedule" },
  ),
  "aws:scheduler/scheduleGroup:ScheduleGroup": row(
    "scheduler: GetScheduleGroup ListTagsForResource",
    "scheduler: CreateScheduleGroup DeleteScheduleGroup TagResource UntagResource",
    { arnsOf: "aws:scheduler/scheduleGroup:ScheduleGroup" },
  ),
  "aws:servicediscovery/httpNamespace:HttpNamespace": discovery(
    "GetNamespace",
    "CreateHttpNamespace UpdateHttpNamespace DeleteNamespace",
  ),
  // A private namespace is a hosted zone of Route 53 in the VPC.
  "aws:servicediscovery/privateDnsNamespace:PrivateDnsNamespace": row(
    "servicediscovery: GetNamespace GetOperation ListTagsForResource route53: GetHostedZone ListHostedZonesByName ec2: DescribeVpcs",
    "servicediscovery: CreatePrivateDnsNamespace UpdatePrivateDnsNamespace DeleteNamespace TagResource UntagResource route53: CreateHostedZone DeleteHostedZone ChangeResourceRecordSets",
    "global",
  ),
  "aws:servicediscovery/service:Service": discovery(
    "GetService ListInstances",
    "CreateService UpdateService DeleteService DeregisterInstance",
  ),
  // The plugin builds with the Docker daemon and pushes; the nightly scan pulls what runs.
  "docker:index/image:Image": {
    ...ecr(
      "",
      "BatchCheckLayerAvailability CompleteLayerUpload InitiateLayerUpload PutImage UploadLayerPart",
    ),
    list: actions("ecr: BatchGetImage GetDownloadUrlForLayer"),
  },
};
