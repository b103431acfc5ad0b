// Imported for its effect, before the SDK. It loads npm's own resolver and TypeScript for functions that become Lambdas, a
// third of what a small plan costs: here they are loaded once they are used, which is never.
import { createRequire, Module } from "node:module";

const SELDOM = ["@npmcli/arborist", "typescript"];

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
  // As an ES module it is handed on by tsc's helpers as it is, and not copied.
  const get = (_: object, key: PropertyKey): unknown => key === "__esModule" || load()[key];
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
