import { spawnSync } from "node:child_process";
import {
  chmodSync,
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  realpathSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";

const NAME = `koa-fargate-test-base:${process.version.slice(1)}`;
const CA_CERTIFICATES = "/etc/ssl/certs/ca-certificates.crt";

/**
 * A base image like the distroless ones, made of what this machine has, because tests pull from no registry: the Node
 * that runs the tests, the C library that it needs, CA certificates, a writable /tmp. No shell, node off PATH.
 * @returns its local name
 */
export function localBase(): string {
  if (spawnSync("docker", ["image", "inspect", NAME], { stdio: "ignore" }).status === 0)
    return NAME;
  const root = mkdtempSync(path.join(tmpdir(), "base-"));
  try {
    const node = realpathSync(process.execPath);
    put(root, node, "/nodejs/bin/node");
    chmodSync(path.join(root, "nodejs/bin/node"), 0o755);
    for (const library of librariesOf(node)) put(root, library, library);
    if (existsSync(CA_CERTIFICATES)) put(root, CA_CERTIFICATES, CA_CERTIFICATES);
    mkdirSync(path.join(root, "tmp"));
    chmodSync(path.join(root, "tmp"), 0o1777);
    writeFileSync(path.join(root, "etc/passwd"), "nonroot:x:65532:65532::/nonexistent:\n");
    const archive = path.join(root, "..", `${path.basename(root)}.tar`);
    run("tar", ["--numeric-owner", "--owner=0", "--group=0", "-cf", archive, "-C", root, "."]);
    run("docker", ["import", archive, NAME]);
    rmSync(archive);
  } finally {
    rmSync(root, { recursive: true, force: true });
  }
  return NAME;
}

/** Libraries that the dynamic linker loads, and the linker itself: `libm.so.6 => /lib/.../libm.so.6 (0x...)`. */
function librariesOf(binary: string): string[] {
  return run("ldd", [binary])
    .split("\n")
    .map((line) => /(\/\S+) \(0x/.exec(line)?.[1])
    .filter((file) => file !== undefined);
}

function put(root: string, source: string, target: string): void {
  const file = path.join(root, target);
  mkdirSync(path.dirname(file), { recursive: true });
  copyFileSync(source, file);
}

/**
 * Removes the images of a registry from Docker, and the containers that were made of them: those of an emulator, whose
 * address is in every name.
 * @param registry - host and port
 */
export function removeFromDocker(registry: string): void {
  const lines = run("docker", ["images", "--format", "{{.Repository}} {{.ID}}"]).split("\n");
  const images = new Set(
    lines.filter((line) => line.startsWith(`${registry}/`)).map((line) => line.split(" ")[1] ?? ""),
  );
  const containers = [...images].flatMap((image) =>
    run("docker", ["ps", "-aq", "--filter", `ancestor=${image}`])
      .split("\n")
      .filter((id) => id !== ""),
  );
  if (containers.length > 0) run("docker", ["rm", "-f", ...containers]);
  if (images.size > 0) run("docker", ["rmi", "-f", ...images]);
}

/** Runs a command and returns what it printed. */
export function run(command: string, args: readonly string[]): string {
  const { status, stdout, stderr } = spawnSync(command, args, { encoding: "utf8" });
  if (status !== 0)
    throw new Error(`${command} ${args.join(" ")} ended with ${String(status)}: ${stderr}`);
  return stdout.trim();
}
