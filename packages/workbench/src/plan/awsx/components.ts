import { expandFargateService, expandTaskDefinition } from "./containers.ts";
import type { Component, Expansion } from "./expansion.ts";
import { expandDefaultVpc, expandLoadBalancer } from "./load-balancer.ts";
import { zones } from "../mocks/calls.ts";
import { expandImage, expandRepository } from "./registry.ts";
import { expandVpc } from "./vpc.ts";

/** Remote components that a plan expands into what they create, by type. */
export const COMPONENTS: Readonly<Record<string, (component: Component) => Expansion>> = {
  "awsx:ec2:DefaultVpc": expandDefaultVpc,
  "awsx:ecr:Image": expandImage,
  "awsx:ecr:Repository": expandRepository,
  "awsx:ecs:FargateService": expandFargateService,
  "awsx:ecs:FargateTaskDefinition": expandTaskDefinition,
  "awsx:ec2:Vpc": ({ name, inputs, region }) => expandVpc(name, inputs, zones(region).names),
  "awsx:lb:ApplicationLoadBalancer": expandLoadBalancer,
};
