import { createHash } from "node:crypto";
import { madeUp, PROVIDERS_OWN } from "../naming.ts";
import { list, record } from "../plan-reader.ts";
import type { Json } from "../types.ts";

/** Outputs that a provider would compute, `id` among them. */
export type Computed = (resource: MockResource) => { id: string; [output: string]: Json };

/** Where the resources of a stack would be. */
export interface Account {
  region: string;
  /** 12 digits. */
  accountId: string;
}

/** Rows by type, such as `ecs/Cluster`. */
export type Rows = Record<string, Computed>;

export interface MockResourceArgs extends Account {
  urn: string;
  name: string;
  /** In plain text. */
  inputs: Record<string, Json>;
  /** What the engine proposes as its name. @default what the provider itself would make */
  proposed?: string;
}

/** A resource whose outputs are to be invented. Everything follows from its URN and inputs, so plans repeat exactly. */
export class MockResource {
  readonly urn: string;
  readonly name: string;
  readonly inputs: Record<string, Json>;
  readonly region: string;
  readonly accountId: string;
  readonly #proposed: string;
  /** Sentences about what AWS or its provider would refuse. */
  readonly refusals: string[] = [];

  constructor(args: MockResourceArgs) {
    this.urn = args.urn;
    this.name = args.name;
    this.inputs = args.inputs;
    const region = args.inputs["region"];
    this.region = typeof region === "string" ? region : args.region;
    this.accountId = args.accountId;
    this.#proposed = args.proposed ?? PROVIDERS_OWN.replace("${name}", args.name);
  }

  /** Hexadecimal digits, the same for the same resource and `salt`. */
  hex(length: number, salt = ""): string {
    return inventedHex(this.urn, length, salt);
  }

  /** Decimal digits, the first never 0. */
  digits(length: number, salt = ""): string {
    const bytes = Buffer.from(digest(`${this.urn}#digits#${salt}`), "hex");
    return Array.from({ length }, (_, index) =>
      String(index === 0 ? 1 + ((bytes[0] ?? 0) % 9) : (bytes[index] ?? 0) % 10),
    ).join("");
  }

  uuid(salt = ""): string {
    return uuidFrom(this.hex(32, salt));
  }

  /** Identity number of EC2: `vpc-0a1b...`, 17 hexadecimal digits. */
  ec2Id(prefix: string, salt = ""): string {
    return `${prefix}-0${this.hex(16, salt)}`;
  }

  /** Identity number of a hosted zone that AWS keeps. */
  zoneId(salt = ""): string {
    return `Z${this.hex(13, salt).toUpperCase()}`;
  }

  /** The input as text; empty where it is absent. */
  text(key: string): string {
    const value = this.inputs[key];
    return typeof value === "string" || typeof value === "number" ? String(value) : "";
  }

  list(key: string): Json[] {
    return list(this.inputs[key]);
  }

  map(key: string): Record<string, Json> {
    return { ...record(this.inputs[key]) };
  }

  /**
   * The physical name: the input, or what the engine proposes with digits in place of what it makes up.
   * A name above `max` characters is refused, as the provider or AWS would.
   */
  physicalName(key = "name", max = Infinity): string {
    const given = this.text(key);
    const prefix = this.text(`${key}Prefix`);
    if (given + prefix + this.#proposed === "")
      this.refusals.push(`${key} has to be given: pulumi:autonaming is disabled for this type.`);
    const own = prefix === "" ? this.#proposed : `${prefix}\${hex(7)}`;
    const name = given === "" ? madeUp(own, (length) => this.hex(length)) : given;
    if (name.length > max)
      this.refusals.push(
        `${key} would be ${JSON.stringify(name)}, ${name.length} characters long; AWS allows ${max}. Shorten the logical name, or the pattern of this type under pulumi:autonaming.`,
      );
    return name;
  }

  /** An ARN in the resource's account and region, of `service:resource`; global services leave parts of it out. */
  arn(path: string): string {
    const service = path.slice(0, path.indexOf(":"));
    const region = WITHOUT_REGION.has(service) ? "" : this.region;
    const accountId = WITHOUT_ACCOUNT.has(service) ? "" : this.accountId;
    return `arn:aws:${service}:${region}:${accountId}:${path.slice(service.length + 1)}`;
  }
}

/** Hexadecimal digits, the same for the same URN and `salt`. */
export const inventedHex = (urn: string, length: number, salt = ""): string =>
  digest(`${urn}#${salt}`).slice(0, length);

const WITHOUT_ACCOUNT = new Set(["route53", "s3"]);
const WITHOUT_REGION = new Set([
  ...WITHOUT_ACCOUNT,
  ...["budgets", "ce", "chatbot", "cloudfront", "iam", "ssm-incidents"],
]);

export function digest(text: string): string {
  return createHash("sha256").update(text).digest("hex");
}

export function uuidFrom(hex: string): string {
  return hex.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12}).*$/, "$1-$2-$3-$4-$5");
}
