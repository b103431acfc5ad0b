/**
 * Keeps a planned program from processes and sockets. Node's permission model, under which the planning process runs,
 * refuses processes, workers and native addons; the sockets, which it leaves alone in Node 24, are refused here. A
 * synchronous command answers what `workbench.config.ts` declares for it, else nothing, and the plan says so.
 */
import childProcess from "node:child_process";
import dgram from "node:dgram";
import dns from "node:dns";
import { syncBuiltinESMExports } from "node:module";
import net from "node:net";

/** Flags of Node for the planning process. */
export const GUARDED = [
  "--permission",
  "--allow-fs-read=*",
  "--allow-fs-write=*",
  "--disable-warning=SecurityWarning",
];

/** Closes sockets and commands for the rest of the process. @param note takes a sentence on each refusal */
export function guard(
  commands: Readonly<Record<string, string>>,
  note: (sentence: string) => void,
): void {
  const refuse = (what: string) => (): never => {
    const message = `${what}, which a plan never does`;
    note(`The program ${message}.`);
    throw Object.assign(new Error(`The program ${message}`), { code: "ERR_ACCESS_DENIED" });
  };
  const outputOf = (command: string): string => {
    const output = commands[command];
    if (output === undefined)
      note(
        `The program runs \`${command}\`, which a plan never does: empty output stands in. Declare it under commands in workbench.config.ts.`,
      );
    return output ?? "";
  };
  const encoded = (text: string, options: unknown): string | Buffer => {
    const encoding = (options as { encoding?: string } | undefined)?.encoding;
    return encoding === undefined || encoding === "buffer" ? Buffer.from(text) : text;
  };
  const line = (file: string, args: unknown) =>
    (Array.isArray(args) ? [file, ...(args as string[])] : [file]).join(" ");
  const last = (...values: unknown[]) =>
    values.findLast((value) => typeof value === "object" && !Array.isArray(value));

  Object.assign(childProcess, {
    execSync: (command: string, options?: unknown) => encoded(outputOf(command), options),
    execFileSync: (file: string, args?: unknown, options?: unknown) =>
      encoded(outputOf(line(file, args)), last(args, options)),
    spawnSync: (file: string, args?: unknown, options?: unknown) => {
      const stdout = encoded(outputOf(line(file, args)), last(args, options));
      const stderr = encoded("", last(args, options));
      return { pid: 0, status: 0, signal: null, output: [null, stdout, stderr], stdout, stderr };
    },
    ...Object.fromEntries(
      ["spawn", "exec", "execFile", "fork"].map((name) => [name, refuse("starts a process")]),
    ),
  });
  const socket = refuse("opens a socket");
  Object.assign(net.Socket.prototype, { connect: socket });
  Object.assign(net.Server.prototype, { listen: socket, _listen2: socket });
  Object.assign(net, { _createServerHandle: socket });
  Object.assign(dgram, { createSocket: socket, Socket: socket, _createSocketHandle: socket });
  const resolvers = [dns.Resolver.prototype, dns.promises.Resolver.prototype];
  for (const target of [dns, dns.promises, ...resolvers])
    for (const name of Object.getOwnPropertyNames(target))
      if (/^(?:lookup|resolve|reverse)/.test(name)) Object.assign(target, { [name]: socket });
  syncBuiltinESMExports();
}
