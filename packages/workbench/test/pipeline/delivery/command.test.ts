import { expect } from "chai";
import { CommandError, runCommand, succeed } from "../../../src/lib/command.ts";

const node = process.execPath;

describe("Commands", () => {
  it("run without a shell and give back code and output", async () => {
    const script = "console.log(process.argv[1]); console.error('aside'); process.exitCode = 3";
    expect(await runCommand(node, ["-e", script, "$HOME; ls"])).to.deep.equal({
      code: 3,
      stdout: "$HOME; ls\n",
      stderr: "aside\n",
    });
  });

  it("get input and environment", async () => {
    const script = "process.stdin.pipe(process.stdout); process.stderr.write(process.env.WORD)";
    const result = await runCommand(node, ["-e", script], { input: "in", env: { WORD: "env" } });
    expect(result).to.deep.equal({ code: 0, stdout: "in", stderr: "env" });
  });

  it("that take too long are interrupted, and may put their things in order", async () => {
    // A shell listens after some milliseconds, on a busy machine too.
    const script = `trap 'printf "in order"; exit 9' INT; printf "up "; while :; do sleep 0.1; done`;
    const started = Date.now();
    const result = await runCommand("sh", ["-c", script], { interruptAfterMs: 2000 });
    expect(result).to.deep.equal({ code: 9, stdout: "up in order", stderr: "" });
    expect(Date.now() - started).to.be.at.least(2000);
  });

  it("that are not installed say where to get them", async () => {
    const error = await runCommand("pulumi-of-nowhere", []).catch((reason: unknown) => reason);
    expect(error).to.be.instanceOf(CommandError);
    expect(error).to.include({ message: "pulumi-of-nowhere is not on PATH.", code: 127 });
  });

  it("that have to succeed fail with the end of what they said", async () => {
    const script = "for (let i = 0; i < 30; i++) console.error('line ' + i); process.exitCode = 5";
    const error = await succeed(runCommand, node, ["-e", script]).catch(
      (reason: unknown) => reason,
    );
    const lines = Array.from({ length: 20 }, (_, index) => `line ${index + 10}`).join("\n");
    expect(error).to.include({
      message: `${node} -e ${script} ended with exit code 5: ${lines}`,
      code: 5,
    });
  });
});
