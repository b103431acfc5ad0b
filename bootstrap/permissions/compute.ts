import { of, type Permission, type Permissions, type Scope } from "./permission.ts";

const REPOSITORY: Scope = { arnsOf: "aws:ecr/repository:Repository" };
const CLUSTER: Scope = { arnsOf: "aws:ecs/cluster:Cluster" };

const elb = (read: string, write: string): Permission => ({
  read: of("elasticloadbalancing", `${read} DescribeTags`),
  write: of("elasticloadbalancing", `${write} AddTags RemoveTags`),
  on: "region",
});

const scaling = (read: string, write: string): Permission => ({
  read: of("application-autoscaling", `${read} ListTagsForResource`),
  write: of("application-autoscaling", `${write} TagResource UntagResource`),
  on: "region",
});

const discovery = (read: string, write: string): Permission => ({
  read: of("servicediscovery", `${read} GetOperation ListTagsForResource`),
  write: of("servicediscovery", `${write} TagResource UntagResource`),
  on: "region",
});

/** A private namespace is a hosted zone of Route 53 in the VPC. */
const dnsNamespace: Permission = {
  read: [
    ...of("servicediscovery", "GetNamespace GetOperation ListTagsForResource"),
    ...of("route53", "GetHostedZone ListHostedZonesByName"),
    ...of("ec2", "DescribeVpcs"),
  ],
  write: [
    ...of(
      "servicediscovery",
      "CreatePrivateDnsNamespace UpdatePrivateDnsNamespace DeleteNamespace TagResource UntagResource",
    ),
    ...of("route53", "CreateHostedZone DeleteHostedZone ChangeResourceRecordSets"),
  ],
  on: "global",
};

const scalingPolicy = scaling("DescribeScalingPolicies", "PutScalingPolicy DeleteScalingPolicy");

/**
 * A load balancer and its target groups are made with the network that the caller may see.
 * Source: AWS, "Elastic Load Balancing API permissions".
 */
const inNetwork = (permission: Permission, describe: string): Permission => ({
  ...permission,
  read: [...permission.read, ...of("ec2", describe)],
});

export const compute: Permissions = {
  // Its alarms are made in the caller's name. Source: AWS, "Application Auto Scaling identity-based policy examples".
  "aws:appautoscaling/policy:Policy": {
    ...scalingPolicy,
    read: [...scalingPolicy.read, ...of("cloudwatch", "DescribeAlarms")],
    write: [...scalingPolicy.write, ...of("cloudwatch", "PutMetricAlarm DeleteAlarms")],
  },
  "aws:appautoscaling/scheduledAction:ScheduledAction": scaling(
    "DescribeScheduledActions",
    "PutScheduledAction DeleteScheduledAction",
  ),
  "aws:appautoscaling/target:Target": scaling(
    "DescribeScalableTargets",
    "RegisterScalableTarget DeregisterScalableTarget",
  ),
  "aws:ecr/lifecyclePolicy:LifecyclePolicy": {
    read: of("ecr", "GetLifecyclePolicy"),
    write: of("ecr", "PutLifecyclePolicy DeleteLifecyclePolicy"),
    on: REPOSITORY,
  },
  "aws:ecr/repository:Repository": {
    read: of("ecr", "DescribeRepositories ListTagsForResource"),
    write: of(
      "ecr",
      "CreateRepository DeleteRepository PutImageScanningConfiguration PutImageTagMutability TagResource UntagResource BatchDeleteImage ListImages",
    ),
    on: REPOSITORY,
  },
  "aws:ecr/repositoryPolicy:RepositoryPolicy": {
    read: of("ecr", "GetRepositoryPolicy"),
    write: of("ecr", "SetRepositoryPolicy DeleteRepositoryPolicy"),
    on: REPOSITORY,
  },
  "aws:ecs/cluster:Cluster": {
    read: of("ecs", "DescribeClusters ListTagsForResource"),
    write: of(
      "ecs",
      "CreateCluster UpdateCluster UpdateClusterSettings DeleteCluster TagResource UntagResource",
    ),
    on: CLUSTER,
  },
  "aws:ecs/clusterCapacityProviders:ClusterCapacityProviders": {
    read: of("ecs", "DescribeClusters DescribeCapacityProviders"),
    write: of("ecs", "PutClusterCapacityProviders"),
    on: CLUSTER,
  },
  "aws:ecs/service:Service": {
    // Whether an alarm fires decides if a deployment can be rolled back by it.
    read: [
      ...of(
        "ecs",
        "DescribeServices DescribeServiceDeployments DescribeServiceRevisions DescribeTasks ListServiceDeployments ListServices ListTasks",
      ),
      ...of("cloudwatch", "DescribeAlarms"),
    ],
    write: of(
      "ecs",
      "CreateService UpdateService DeleteService StopServiceDeployment TagResource UntagResource",
    ),
    // To stop a deployment is checked against both. Source: AWS, Service Authorization Reference, Amazon ECS.
    on: { arnsOf: "aws:ecs/service:Service", below: "service-deployment" },
  },
  "aws:ecs/taskDefinition:TaskDefinition": {
    read: of("ecs", "DescribeTaskDefinition ListTaskDefinitions"),
    // DeregisterTaskDefinition knows no resources. Source: AWS, Service Authorization Reference, Amazon ECS.
    // A task can be run once as a gate before traffic.
    write: of(
      "ecs",
      "RegisterTaskDefinition DeregisterTaskDefinition RunTask StopTask TagResource UntagResource",
    ),
    on: "region",
  },
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
  "aws:lb/loadBalancer:LoadBalancer": inNetwork(
    elb(
      "DescribeLoadBalancers DescribeLoadBalancerAttributes DescribeCapacityReservation",
      "CreateLoadBalancer DeleteLoadBalancer ModifyLoadBalancerAttributes SetIpAddressType SetSecurityGroups SetSubnets",
    ),
    "DescribeAccountAttributes DescribeAddresses DescribeInternetGateways DescribeSecurityGroups DescribeSubnets DescribeVpcs",
  ),
  "aws:lb/targetGroup:TargetGroup": inNetwork(
    elb(
      "DescribeTargetGroups DescribeTargetGroupAttributes DescribeTargetHealth",
      "CreateTargetGroup ModifyTargetGroup ModifyTargetGroupAttributes DeleteTargetGroup",
    ),
    "DescribeInternetGateways DescribeVpcs",
  ),
  "aws:servicediscovery/httpNamespace:HttpNamespace": discovery(
    "GetNamespace",
    "CreateHttpNamespace UpdateHttpNamespace DeleteNamespace",
  ),
  "aws:servicediscovery/privateDnsNamespace:PrivateDnsNamespace": dnsNamespace,
  "aws:servicediscovery/service:Service": discovery(
    "GetService ListInstances",
    "CreateService UpdateService DeleteService DeregisterInstance",
  ),
  // The plugin builds with the Docker daemon and pushes.
  "docker:index/image:Image": {
    read: [],
    write: of(
      "ecr",
      "BatchCheckLayerAvailability BatchGetImage CompleteLayerUpload GetDownloadUrlForLayer InitiateLayerUpload PutImage UploadLayerPart",
    ),
    on: REPOSITORY,
  },
};
