/** The model of ECS and its images that the program and the tools share. Pure: no SDK, no Pulumi. */
export {
  deploymentSettings,
  firstShare,
  serviceTimeout,
  shiftsTraffic,
  type DeploymentArgs,
} from "./deployment.ts";
export { gitEnvironment } from "./git-environment.ts";
export { lifecycleRules } from "./image-lifecycle.ts";
export { VPC_MASKS, networkAddress, parseCidr, subnetMasks } from "./subnet-plan.ts";
