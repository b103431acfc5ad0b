import { counted, duration } from "../../lib/words.ts";
import { ofType } from "../../plan/plan-reader.ts";
import { priceOf } from "../../plan/prices/prices.ts";
import { rollout } from "../../plan/rollout/rollout.ts";
import type { Plan, PlannedResource } from "../../plan/types.ts";
import { atRest, spotShare } from "./awake.ts";
import { SPOT_FACTOR } from "./billing.ts";
import { estimate, sum, type Estimate } from "./estimate.ts";
import { ASSUMED, HOURS, loadOf, requestsPerTask } from "./load.ts";
import { taskSize, tasksUnder } from "./tasks.ts";

/** Discount of a Compute Savings Plan on Fargate for a year without upfront payment; AWS says "up to 50 %" for three. Not verified. */
const SAVINGS_PLAN = 0.2;

/** Loads of the capacity table, in requests a second. */
const LOADS = [0, 10, 50, 100, 500, 1000] as const;

/** What a load needs and costs. */
export interface Capacity {
  requestsPerSecond: number;
  tasks: number;
  monthlyUsd: number;
  /** Whether the tasks that autoscaling may start carry it. */
  enough: boolean;
}

/** Load -> tasks -> cost, for the first service behind a load balancer; empty without one. */
export function capacityTable(plan: Plan, loads: readonly number[] = LOADS): Capacity[] {
  const service = callable(plan);
  if (service === undefined) return [];
  const { vcpu } = taskSize(plan, service);
  if (vcpu === 0) return [];
  return loads.map((rate) => {
    const load = loadOf(rate);
    const tasks = tasksUnder(plan, service, load);
    return {
      requestsPerSecond: rate,
      tasks,
      monthlyUsd: estimate(plan, { load, asleep: false }).monthlyUsd,
      enough: rate <= tasks * requestsPerTask(vcpu),
    };
  });
}

/** What a deployment of the main service takes, tasks of both revisions among it; undefined without one behind a target group. */
export function deploymentCost(plan: Plan): string | undefined {
  const found = rollout(plan);
  return found && `${duration(found.worst.seconds)} at worst and ${found.extra.usd.toFixed(4)} USD`;
}

/** What a task carries, a deployment takes and would lower the cost, a sentence each with its arithmetic. */
export function advice(plan: Plan): string[] {
  const awake = estimate(plan, { asleep: false });
  const deployment = deploymentCost(plan);
  return [
    ...carried(plan),
    ...(deployment === undefined
      ? []
      : [`A deployment takes ${deployment}: until it ends, tasks of both revisions run.`]),
    ...sleep(plan, awake),
    ...spot(plan, awake),
    ...savingsPlan(awake),
    ...wayOut(plan, awake),
  ];
}

function callable(plan: Plan): PlannedResource | undefined {
  return ofType(plan, "aws:ecs/service:Service").find(
    ({ inputs }) => inputs["loadBalancers"] !== undefined,
  );
}

function carried(plan: Plan): string[] {
  const service = callable(plan);
  const vcpu = service === undefined ? 0 : taskSize(plan, service).vcpu;
  if (vcpu === 0) return [];
  return [
    `A task of ${vcpu} vCPU carries ${Math.floor(requestsPerTask(vcpu))} requests a second: ${ASSUMED.cpuMilliseconds} ms of CPU each, at ${ASSUMED.utilisation * 100} % busy. Measure yours before you make it smaller.`,
  ];
}

function sleep(plan: Plan, awake: Estimate): string[] {
  const asleep = estimate(plan).monthlyUsd;
  const saved = awake.monthlyUsd - asleep;
  if (saved <= 0.005) return [];
  return [
    `Its schedule saves ${usd(saved)} a month: ${usd(awake.monthlyUsd)} awake, ${usd(asleep)} with its nights and weekends.`,
  ];
}

function spot(plan: Plan, awake: Estimate): string[] {
  const services = ofType(plan, "aws:ecs/service:Service");
  if (services.length === 0 || services.some((service) => spotShare(service, 10) > 0)) return [];
  const half = (fargate(awake) * (1 - SPOT_FACTOR)) / 2;
  return [
    `Half of the tasks on Fargate Spot would save ${usd(half)} a month: Spot costs about ${SPOT_FACTOR * 100} % of the price, and AWS may end such a task with two minutes' notice.`,
  ];
}

function savingsPlan(awake: Estimate): string[] {
  const monthly = fargate(awake);
  if (monthly < 20) return [];
  return [
    `A Compute Savings Plan for a year saves ${usd(monthly * SAVINGS_PLAN)} of ${usd(monthly)} on tasks, and pays off where they run more than ${(1 - SAVINGS_PLAN) * 100} % of the hours. Spot is not covered.`,
  ];
}

/** NAT gateways, interface endpoints and public addresses of tasks are three ways out of the same subnets. */
function wayOut(plan: Plan, awake: Estimate): string[] {
  const gateways = ofType(plan, "aws:ec2/natGateway:NatGateway").length;
  const service = callable(plan);
  if (gateways === 0 || service === undefined) return [];
  const { tasks } = atRest(plan, service);
  const hourly = (id: "nat-gateway" | "public-ipv4"): number => priceOf(id, awake.region).usd;
  const nat = gateways * HOURS * (hourly("nat-gateway") + hourly("public-ipv4"));
  const open = tasks * HOURS * hourly("public-ipv4");
  const endpoints = of(awake, "interface-endpoint");
  const perGb = priceOf("nat-gateway-data", awake.region).usd;
  const out = `The way out costs ${usd(nat)} a month by ${counted(gateways, "NAT gateway")} and ${usd(perGb)} a GB; public addresses for ${counted(tasks, "task")} would cost ${usd(open)} and nothing a GB.`;
  if (endpoints === 0) return [out];
  const saved = perGb - priceOf("interface-endpoint-data", awake.region).usd;
  const inside = `Interface endpoints cost ${usd(endpoints)} a month and save ${usd(saved)} a GB: by price alone they pay off from ${Math.ceil(endpoints / saved).toLocaleString("en-US")} GB a month to AWS's services. What else they do is keep that traffic off the internet.`;
  return [out, inside];
}

const fargate = ({ lines }: Estimate): number =>
  sum(lines.filter(({ id }) => id.startsWith("fargate-")));
const of = ({ lines }: Estimate, id: string): number => sum(lines.filter((line) => line.id === id));
const usd = (amount: number): string => `${amount.toFixed(amount < 1 ? 3 : 2)} USD`;
