/**
 * `npm pack` of this package: Node strips no types below node_modules, so the tarball holds compiled code. `prepack`
 * compiles src/ into dist/ and makes package.json point there, `postpack` takes both back.
 */
import { execFileSync } from "node:child_process";
import { cpSync, existsSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";

const at = (name: string): string => join(import.meta.dirname, name);
const [manifest, kept] = [at("package.json"), at("package.json.kept")];

rmSync(at("dist"), { recursive: true, force: true });
if (existsSync(kept)) renameSync(kept, manifest);
if (process.argv[2] !== "--restore") {
  // npm has the commands of its packages in PATH.
  execFileSync("tsc", ["-p", at("tsconfig.build.json")], { stdio: "inherit" });
  cpSync(at("src"), at("dist"), { recursive: true, filter: (path) => !path.endsWith(".ts") });
  const text = readFileSync(manifest, "utf8");
  writeFileSync(kept, text);
  writeFileSync(manifest, text.replaceAll(/"\.\/src\/(.+)\.ts"/g, '"./dist/$1.js"'));
}
