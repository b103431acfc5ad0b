/** A provider whose cloud is a JSON file, so that a test can change it behind Pulumi's back: `node file-cloud.ts <file>`. */
import * as pulumi from "@pulumi/pulumi";
import type {
  CreateResult,
  Provider,
  ReadResult,
  UpdateResult,
} from "@pulumi/pulumi/provider/index.js";
import { existsSync, readFileSync, writeFileSync } from "node:fs";

type Things = Record<string, Record<string, unknown>>;

class FileCloud implements Provider {
  readonly version = "0.0.0";
  private readonly file: string;

  constructor(file: string) {
    this.file = file;
  }

  create(urn: string, inputs: Record<string, unknown>): Promise<CreateResult> {
    const id = urn.split("::").at(-1) ?? "";
    this.change((things) => (things[id] = inputs));
    return Promise.resolve({ id, outs: inputs });
  }

  read(id: string): Promise<ReadResult> {
    const found = this.things()[id];
    return Promise.resolve(found === undefined ? {} : { id, props: found, inputs: found });
  }

  update(
    id: string,
    _urn: string,
    _olds: Record<string, unknown>,
    news: Record<string, unknown>,
  ): Promise<UpdateResult> {
    this.change((things) => (things[id] = news));
    return Promise.resolve({ outs: news });
  }

  delete(id: string): Promise<void> {
    this.change((things) => Reflect.deleteProperty(things, id));
    return Promise.resolve();
  }

  private things(): Things {
    return existsSync(this.file) ? (JSON.parse(readFileSync(this.file, "utf8")) as Things) : {};
  }

  private change(edit: (things: Things) => unknown): void {
    const things = this.things();
    edit(things);
    writeFileSync(this.file, JSON.stringify(things));
  }
}

await pulumi.provider.main(new FileCloud(process.argv[2] ?? ""), process.argv.slice(3));
