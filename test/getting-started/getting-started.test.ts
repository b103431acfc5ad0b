import { expect } from "chai";
import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { ROOT } from "../helpers/app.ts";
import { childEnvironment } from "../helpers/environment.ts";
import { commands } from "./page.ts";

const { scripts } = JSON.parse(readFileSync(path.join(ROOT, "package.json"), "utf8")) as {
  scripts: Record<string, string>;
};
const shown = commands();

describe("docs/getting-started.md", () => {
  it("calls scripts that there are, with options that their help has", function () {
    const used = shown.flatMap(({ command }) => {
      const [, name, rest = ""] = /npm run (\S+)(?: -- (.*?))?(?: &&| {2}|$)/.exec(command) ?? [];
      return name === undefined ? [] : [{ name, options: rest.match(/--[\w-]+/g) ?? [] }];
    });
    expect(used.map(({ name }) => name).filter((name) => !(name in scripts))).to.deep.equal([]);
    expect(used.length).to.be.above(6);
    const help = new Map<string, string>();
    for (const { name } of used.filter(({ options }) => options.length > 0)) {
      if (help.has(name)) continue;
      const tool = /node .*?(\S+\.ts)(.*)/.exec(scripts[name] ?? "");
      const args = [tool?.[1] ?? "", ...(tool?.[2] ?? "").trim().split(" "), "--help"];
      const { stdout } = spawnSync(process.execPath, args.filter(Boolean), {
        cwd: ROOT,
        encoding: "utf8",
        env: childEnvironment({}),
      });
      help.set(name, stdout);
    }
    const unknown = used.flatMap(({ name, options }) =>
      options
        .filter((option) => option !== "--help" && help.get(name)?.includes(option) !== true)
        .map((option) => `${name} ${option}`),
    );
    expect(unknown).to.deep.equal([]);
  });

  describe("What it has typed for prod", () => {
    const sections = [
      "The keys of the API",
      "The certificate, where DNS is elsewhere",
      "The quota",
    ];
    const steps = shown.filter(({ section }) => sections.includes(section));
    let folder = "";
    let output = "";
    before(() => {
      folder = mkdtempSync(path.join(tmpdir(), "started-"));
      // Stand-ins that note what they are asked.
      const stub = `#!/bin/sh\nprintf '%s\\n' "$(basename "$0") $*" >> "$CALLS"\n`;
      for (const name of ["aws", "pulumi"])
        writeFileSync(path.join(folder, name), stub, { mode: 0o755 });
      const script = steps.map(({ command }) => command).join("\n");
      const { status, stdout, stderr } = spawnSync("bash", ["-euc", `${script}\necho "$KEY"`], {
        cwd: folder,
        encoding: "utf8",
        env: childEnvironment({
          PATH: `${folder}:${process.env["PATH"] ?? ""}`,
          CALLS: path.join(folder, "calls"),
        }),
      });
      expect(status, stderr).to.equal(0);
      output = stdout;
    });
    after(() => {
      rmSync(folder, { recursive: true });
    });

    it("makes the entry of that key as the app reads it: its name and the hash in hexadecimal", () => {
      const key = output.trim().split("\n").at(-1) ?? "";
      expect(key).to.match(/^[0-9a-f]{64}$/);
      const hashes = readFileSync(path.join(folder, "hashes.txt"), "utf8");
      expect(hashes).to.equal(`mobile:${createHash("sha256").update(key).digest("hex")}`);
    });

    it("asks AWS for what it says, by words that the shell leaves whole", () => {
      const calls = readFileSync(path.join(folder, "calls"), "utf8").trim().split("\n");
      expect(calls.map((call) => call.split(" ").slice(0, 3).join(" "))).to.deep.equal([
        "aws secretsmanager create-secret",
        "aws acm request-certificate",
        "aws acm describe-certificate",
        "aws acm wait",
        "pulumi stack output",
        "aws service-quotas get-service-quota",
        "aws service-quotas request-service-quota-increase",
      ]);
      expect(
        calls
          .filter((call) => call.startsWith("aws "))
          .every((call) => call.includes(" --region eu-west-1 ")),
      ).to.equal(true);
      expect(calls[2]).to.include(
        "--query Certificate.DomainValidationOptions[0].ResourceRecord.[Name,Type,Value]",
      );
    });

    it("says of each command what it prints, but of those that print nothing", () => {
      const silent = steps
        .filter(({ prints }) => prints.length === 0)
        .map(({ command }) => command.split(" ").slice(0, 3).join(" "));
      expect(silent).to.deep.equal([
        "KEY=$(openssl rand -hex",
        `printf 'mobile:%s' "$(printf`,
        "CERTIFICATE=arn:aws:acm:eu-west-1:111122223333:certificate/11111111-2222-3333-4444-555555555555",
        "aws acm wait",
      ]);
    });
  });
});
