// Imported for its effect, before the SDK. It loads npm's own resolver and TypeScript for functions that become Lambdas, YAML
// and gRPC to speak with an engine, traces and the Automation API, and awsx its former components: more than half of what a
// small plan costs. Here they are loaded once they are used.
import { createRequire, Module } from "node:module";

const SELDOM = [
  ...["@npmcli/arborist", "js-yaml", "normalize-package-data", "typescript"],
  ...["@grpc/grpc-js", "@opentelemetry/api", "./automation/index.js"],
  ...["callback", "engine", "provider", "resource"].map((name) => `./proto/${name}_grpc_pb.js`),
  "@pulumi/awsx/classic/index.js",
];

const require = createRequire(import.meta.url);
const sdk = createRequire(require.resolve("@pulumi/pulumi"));

for (const name of SELDOM) {
  const file = resolved(name);
  if (file === undefined || sdk.cache[file] !== undefined) continue;
  let loaded: Record<PropertyKey, unknown> | undefined;
  const load = (): Record<PropertyKey, unknown> => {
    if (loaded === undefined) {
      Reflect.deleteProperty(sdk.cache, file);
      loaded = sdk(file) as Record<PropertyKey, unknown>;
    }
    return loaded;
  };
  // As an ES module it is handed on by tsc's helpers as it is, and not copied; they ask it for what it exports as a whole.
  const get = (_: object, key: PropertyKey): unknown =>
    key === "__esModule" || (load()[key] ?? (key === "default" ? load() : undefined));
  sdk.cache[file] = Object.assign(new Module(file), {
    filename: file,
    loaded: true,
    exports: new Proxy({}, { get }),
  });
}

function resolved(name: string): string | undefined {
  try {
    return sdk.resolve(name);
  } catch {
    return undefined;
  }
}
