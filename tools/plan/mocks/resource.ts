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

  /** The input as text; empty where it is absent. */
  text(key: string): string {
    const value = this.inputs[key];
    return typeof value === "string" || typeof value === "number" ? String(value) : "";
  }

  list(key: string): Json[] {
    const value = this.inputs[key];
    return Array.isArray(value) ? value : [];
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

  /** An ARN in the resource's account and region; `""` leaves a part out, as global services do. */
  arn(service: string, resource: string, parts: { region?: ""; accountId?: "" } = {}): string {
    const { region = this.region, accountId = this.accountId } = parts;
    return `arn:aws:${service}:${region}:${accountId}:${resource}`;
  }
}

export function digest(text: string): string {
  return createHash("sha256").update(text).digest("hex");
}

export function uuidFrom(hex: string): string {
  return [
    hex.slice(0, 8),
    hex.slice(8, 12),
    hex.slice(12, 16),
    hex.slice(16, 20),
    hex.slice(20, 32),
  ].join("-");
}
