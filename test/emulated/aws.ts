import { localBase } from "../helpers/local-base.ts";
import { startMinistack, type Ministack } from "../helpers/ministack.ts";
import { EmulatedCloud } from "./cloud.ts";
import { TargetHealth } from "./target-health.ts";
import { dockerIsHere } from "../helpers/parts.ts";

export const REGION = "eu-west-1";

const SERVICES = "ecs,ecr,logs,sts,elasticloadbalancing,ec2,iam,secretsmanager,monitoring";

/** An AWS on this machine: registry, load balancers, tasks as containers, secrets, and health of targets that is true. */
export class EmulatedAws {
  readonly cloud: EmulatedCloud;
  readonly health: TargetHealth;
  /** Local image that stands for the base image. */
  readonly baseImage = localBase();
  readonly #ministack: Ministack;

  private constructor(ministack: Ministack, health: TargetHealth) {
    this.#ministack = ministack;
    this.health = health;
    this.cloud = new EmulatedCloud({
      endpoint: ministack.endpoint,
      region: REGION,
      baseImage: this.baseImage,
    });
  }

  /** @returns undefined where the machine has no Docker daemon or no emulator */
  static async start(): Promise<EmulatedAws | undefined> {
    if (!dockerIsHere()) return undefined;
    // Requests to a load balancer are not signed, so they do not name their region.
    const ministack = await startMinistack(SERVICES, { MINISTACK_REGION: REGION });
    if (ministack === undefined) return undefined;
    return new EmulatedAws(ministack, await TargetHealth.start(ministack.endpoint, REGION));
  }

  /** The emulator itself, its registry too. */
  get endpoint(): string {
    return this.#ministack.endpoint;
  }

  /** @returns the ARN of a new secret of Secrets Manager */
  async secret(value: string): Promise<string> {
    const response = await fetch(this.endpoint, {
      method: "POST",
      headers: {
        "content-type": "application/x-amz-json-1.1",
        "x-amz-target": "secretsmanager.CreateSecret",
        authorization: `AWS4-HMAC-SHA256 Credential=test/20260101/${REGION}/secretsmanager/aws4_request`,
      },
      body: JSON.stringify({ Name: `secret-${Date.now()}`, SecretString: value }),
    });
    const { ARN } = (await response.json()) as { ARN: string };
    return ARN;
  }

  async stop(): Promise<void> {
    await this.cloud.stop();
    await this.health.stop();
    await this.#ministack.stop();
  }
}
