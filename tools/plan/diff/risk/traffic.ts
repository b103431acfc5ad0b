/** A type of resource that requests pass through, and what callers notice when it is replaced or deleted. */
export interface TrafficType {
  /** What people call it. */
  noun: string;
  /** What its replacement does to requests, as the end of a sentence. */
  replaced: string;
  /** What its deletion does to requests, as the end of a sentence. */
  deleted: string;
}

/** Types whose replacement or deletion interrupts requests. */
export const TRAFFIC: Readonly<Record<string, TrafficType>> = {
  "aws:appautoscaling/target:Target": {
    noun: "scalable target",
    replaced:
      "the number of tasks is not adjusted, and scaling policies are gone, until the new one is there",
    deleted: "the number of tasks is not adjusted any more",
  },
  "aws:ec2/internetGateway:InternetGateway": {
    noun: "internet gateway",
    replaced: "the VPC cannot be reached until the new one is attached and routed to",
    deleted: "the VPC cannot be reached from the internet any more",
  },
  "aws:ec2/natGateway:NatGateway": {
    noun: "NAT gateway",
    replaced: "connections of private tasks to the outside break, and their address may change",
    deleted: "private tasks in its zone cannot reach the outside",
  },
  "aws:ec2/route:Route": {
    noun: "route",
    replaced: "packets find no way between the deletion of the old and the creation of the new one",
    deleted: "packets find no way",
  },
  "aws:ec2/securityGroup:SecurityGroup": {
    noun: "security group",
    replaced: "what it is attached to has to move to the new one",
    deleted: "what it let through is refused",
  },
  "aws:ec2/subnet:Subnet": {
    noun: "subnet",
    replaced: "everything in it has to move: load balancer, tasks, endpoints",
    deleted: "everything in it has to go",
  },
  "aws:ec2/vpc:Vpc": {
    noun: "VPC",
    replaced: "everything in it is built anew",
    deleted: "everything in it has to go",
  },
  "aws:ecs/cluster:Cluster": {
    noun: "cluster",
    replaced: "its service is built anew",
    deleted: "its service has to go",
  },
  "aws:ecs/service:Service": {
    noun: "ECS service",
    replaced:
      "the old tasks are drained and the new service starts from zero, without the rollout's safety",
    deleted: "all tasks stop",
  },
  "aws:lb/listener:Listener": {
    noun: "listener",
    replaced: "its port refuses connections until the new one is there",
    deleted: "its port refuses connections",
  },
  "aws:lb/listenerRule:ListenerRule": {
    noun: "listener rule",
    replaced: "requests get the listener's default answer until the new one is there",
    deleted: "requests that it forwarded get the listener's default answer",
  },
  "aws:lb/loadBalancer:LoadBalancer": {
    noun: "load balancer",
    replaced:
      "its host name changes, and every DNS record that names the old one is wrong until it is changed and has expired",
    deleted: "the service cannot be reached any more",
  },
  "aws:lb/targetGroup:TargetGroup": {
    noun: "target group",
    replaced: "the new one has no healthy target until the service has registered its tasks there",
    deleted: "requests that are still forwarded to it fail",
  },
  "aws:route53/record:Record": {
    noun: "DNS record",
    replaced: "the name does not resolve in between, and resolvers remember that",
    deleted: "the name does not resolve any more",
  },
  "aws:servicediscovery/privateDnsNamespace:PrivateDnsNamespace": {
    noun: "DNS namespace",
    replaced: "names in it do not resolve in between",
    deleted: "names in it do not resolve any more",
  },
  "aws:servicediscovery/service:Service": {
    noun: "discovery service",
    replaced: "its name does not resolve until tasks have registered again",
    deleted: "its name does not resolve any more",
  },
  "aws:wafv2/webAclAssociation:WebAclAssociation": {
    noun: "web ACL association",
    replaced: "requests are not filtered in between",
    deleted: "requests are not filtered any more",
  },
};

/** Types of which a replacement is the way to change them: nothing is interrupted, nothing lost. */
export const HARMLESS_REPLACEMENTS: Readonly<Record<string, string>> = {
  "aws:ecs/taskDefinition:TaskDefinition": "a new revision; the old ones stay registered",
  "docker:index/image:Image":
    "a new image; tags are immutable and the old ones stay in the repository",
};
