import { createHash } from "node:crypto";
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
}

/** A resource whose outputs are to be invented. Everything follows from its URN and inputs, so plans repeat exactly. */
export class MockResource {
  readonly urn: string;
  readonly name: string;
  readonly inputs: Record<string, Json>;
  readonly region: string;
  readonly accountId: string;
  /** Sentences about what AWS or its provider would refuse. */
  readonly refusals: string[] = [];

  constructor(args: MockResourceArgs) {
    this.urn = args.urn;
    this.name = args.name;
    this.inputs = args.inputs;
    const region = args.inputs["region"];
    this.region = typeof region === "string" ? region : args.region;
    this.accountId = args.accountId;
  }

  /** Hexadecimal digits, the same for the same resource and `salt`. */
  hex(length: number, salt = ""): string {
    return digest(`${this.urn}#${salt}`).slice(0, length);
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
    const value = this.inputs[key];
    return Array.isArray(value) ? value : [];
  }

  map(key: string): Record<string, Json> {
    const value = this.inputs[key];
    return typeof value === "object" && value !== null && !Array.isArray(value) ? value : {};
  }

  /**
   * The physical name: the input, or the logical name and seven hexadecimal digits, as Pulumi names by itself.
   * A name above `max` characters is refused, as the provider or AWS would.
   */
  physicalName(key = "name", max = Infinity): string {
    const given = this.text(key);
    const prefix = this.text(`${key}Prefix`);
    const name = given === "" ? `${prefix === "" ? `${this.name}-` : prefix}${this.hex(7)}` : given;
    if (name.length > max)
      this.refusals.push(
        `${key} would be ${JSON.stringify(name)}, ${name.length} characters long; AWS allows ${max}. Shorten the logical name.`,
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

const WITHOUT_ACCOUNT = new Set(["route53", "s3"]);
const WITHOUT_REGION = new Set([
  ...WITHOUT_ACCOUNT,
  ...["budgets", "ce", "chatbot", "iam", "ssm-incidents"],
]);

export function digest(text: string): string {
  return createHash("sha256").update(text).digest("hex");
}

export function uuidFrom(hex: string): string {
  return hex.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12}).*$/, "$1-$2-$3-$4-$5");
}
