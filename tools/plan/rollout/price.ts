import type { RolloutInputs } from "./inputs.ts";

/** Fargate on demand in eu-west-1 (the same in us-east-1), USD an hour. Source: aws.amazon.com/fargate/pricing, 2026-11. */
const USD_AN_HOUR = {
  arm64: { vcpu: 0.03238, memoryGb: 0.00356 },
  amd64: { vcpu: 0.04048, memoryGb: 0.004445 },
} as const;

/** What one task costs in USD an hour, on demand; Spot is cheaper, other regions may be dearer. */
export function taskHourUsd({ vcpu, memoryGb, architecture }: RolloutInputs): number {
  const price = USD_AN_HOUR[architecture];
  return vcpu * price.vcpu + memoryGb * price.memoryGb;
}
