import type { ChildProcess } from "node:child_process";
import { spawn, spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { freePort } from "./process.ts";

/** A proxy as it is installed on this machine, in front of a server of ours. */
export interface Proxy {
  readonly port: number;
  readonly stop: () => Promise<void>;
}

interface Kind {
  readonly command: string;
  readonly args: (configuration: string) => string[];
  readonly configuration: (folder: string, port: number, target: number) => string;
}

const nginx: Kind = {
  command: "nginx",
  args: (configuration) => ["-c", configuration, "-e", "stderr"],
  configuration: (folder, port, target) => `
    daemon off; pid ${folder}/pid; worker_processes 1;
    ${process.getuid?.() === 0 ? "user root;" : ""}
    events {}
    http {
      access_log off; client_max_body_size 0;
      client_body_temp_path ${folder}/b; proxy_temp_path ${folder}/p; fastcgi_temp_path ${folder}/f;
      uwsgi_temp_path ${folder}/u; scgi_temp_path ${folder}/s;
      server { listen 127.0.0.1:${port}; location / { proxy_pass http://127.0.0.1:${target}; } }
    }`,
};

export const PROXIES: Readonly<Record<string, Kind>> = {
  nginx,
  haproxy: {
    command: "haproxy",
    args: (configuration) => ["-db", "-f", configuration],
    configuration: (_folder, port, target) => `
defaults
  mode http
  timeout connect 5s
  timeout client 30s
  timeout server 30s
frontend f
  bind 127.0.0.1:${port}
  default_backend b
backend b
  server s 127.0.0.1:${target}
`,
  },
};

export function isInstalled({ command }: Kind): boolean {
  return spawnSync(command, ["-v"]).status === 0;
}

export async function startProxy(kind: Kind, target: number): Promise<Proxy> {
  const folder = mkdtempSync(join(tmpdir(), "proxy-"));
  const port = await freePort();
  const file = join(folder, "configuration");
  writeFileSync(file, kind.configuration(folder, port, target));
  const child = spawn(kind.command, kind.args(file), { stdio: ["ignore", "ignore", "pipe"] });
  let said = "";
  child.stderr.setEncoding("utf8").on("data", (text: string) => {
    said += text;
  });
  const ended = new Promise((resolve) => child.once("exit", resolve));
  await ready(port, child, () => said);
  return {
    port,
    stop: async () => {
      child.kill("SIGTERM");
      await ended;
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

async function ready(port: number, child: ChildProcess, said: () => string): Promise<void> {
  for (let tries = 0; tries < 200; tries += 1) {
    const answered = await fetch(`http://127.0.0.1:${port}/livez`).catch(() => undefined);
    if (answered?.ok === true) return;
    if (child.exitCode !== null) break;
    await sleep(50);
  }
  throw new Error(`The proxy did not start: ${said()}`);
}
