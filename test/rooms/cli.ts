// Counts what each room of the repository holds, and fails where one is above its bar: `npm run rooms`, part of `npm run check`.
import { globSync, readFileSync } from "node:fs";
import { appFolders, loadWorkbenchConfig } from "@koa-fargate/workbench/config";
import { circles, excesses, sizes, type Bars } from "./rooms.ts";

// Apps of services count themselves, as the one in app/ does.
const apps = appFolders(".", await loadWorkbenchConfig("."));
const names = globSync("**/*.{ts,cjs,js}", {
  exclude: (name) =>
    /(^|\/)(node_modules|\.build|\.local|\.git)$/.test(name) ||
    (name !== "app" && apps.includes(name)),
});
const { rooms: bars = {} } = JSON.parse(readFileSync("package.json", "utf8")) as { rooms?: Bars };
const files = new Map(names.sort().map((name) => [name, readFileSync(name, "utf8")]));

process.stdout.write("room        files   source lines   of at most   all lines\n");
for (const [room, { files: count, source, all }] of [...sizes(files)].sort())
  process.stdout.write(
    `${room.padEnd(10)} ${`${count}`.padStart(6)} ${`${source}`.padStart(14)} ${`${bars[room] ?? "-"}`.padStart(12)} ${`${all}`.padStart(11)}\n`,
  );
process.stdout.write("Source lines are those that are neither blank nor comment alone.\n");

const problems = [
  ...excesses(files, bars),
  ...circles(files).map((way) => `imports go in a circle: ${way.join(" -> ")}`),
];
for (const problem of problems) process.stderr.write(`${problem}\n`);
process.exitCode = problems.length === 0 ? 0 : 1;
