// Imported for its effect, before the SDK. It loads npm's own resolver and TypeScript for functions that become Lambdas, YAML
// and gRPC to speak with an engine, traces and the Automation API, awsx its former components, and each service of AWS by
// itself: two thirds of what a small plan costs. Here they are loaded once they are used.
import { readdirSync } from "node:fs";
import { createRequire, Module } from "node:module";
import { dirname } from "node:path";

const SELDOM = [
  ...["@npmcli/arborist", "js-yaml", "normalize-package-data", "typescript", "@grpc/grpc-js"],
  ...["@opentelemetry/api", "./automation/index.js", "@pulumi/awsx/classic/index.js"],
  ...["callback", "engine", "provider", "resource"].map((name) => `./proto/${name}_grpc_pb.js`),
];

/** What is no service of AWS, and those whose resources awsx's components hand out: the SDK looks for their classes. */
const NO_SERVICE = /\.|^(?:cloudtrail|cloudwatch|config|ec2|ecr|ecs|iam|lb|s3|types)$/;

const require = createRequire(import.meta.url);
const sdk = createRequire(require.resolve("@pulumi/pulumi"));

const aws = resolved("@pulumi/aws");
const folders = aws === undefined ? [] : readdirSync(dirname(aws));
const services = folders.filter((name) => !NO_SERVICE.test(name));

for (const name of [...SELDOM, ...services.map((name) => `@pulumi/aws/${name}/index.js`)]) {
  const file = resolved(name);
  if (file === undefined || sdk.cache[file] !== undefined) continue;
  const stub = new Module(file);
  const load = (): Record<PropertyKey, unknown> => {
    if (sdk.cache[file] === stub) Reflect.deleteProperty(sdk.cache, file);
    return sdk(file) as Record<PropertyKey, unknown>;
  };
  // As an ES module it is handed on by tsc's helpers as it is, and not copied; they ask it for what it exports as a whole.
  const get = (_: object, key: PropertyKey): unknown =>
    key === "__esModule" || (load()[key] ?? (key === "default" ? load() : undefined));
  const has = (_: object, key: PropertyKey): boolean => key in load();
  const ownKeys = () => Reflect.ownKeys(load());
  const getOwnPropertyDescriptor = (_: object, key: PropertyKey) =>
    has(_, key)
      ? { get: () => load()[key], enumerable: key !== "__esModule", configurable: true }
      : undefined;
  const exports = new Proxy({}, { get, has, ownKeys, getOwnPropertyDescriptor });
  sdk.cache[file] = Object.assign(stub, { filename: file, loaded: true, exports });
}

function resolved(name: string): string | undefined {
  try {
    return sdk.resolve(name);
  } catch {
    return undefined;
  }
}
