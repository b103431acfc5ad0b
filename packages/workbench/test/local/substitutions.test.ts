import { expect } from "chai";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { LocalRunError } from "../../src/plan/plan-reader.ts";
import { NO_SUBSTITUTIONS, readSubstitutions } from "../../src/local/substitutions.ts";

describe("substitutions of an app's package.json", () => {
  let folder: string;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), "substitutions-"));
  });
  afterEach(() => rm(folder, { recursive: true }));

  const read = async (local: unknown) => {
    await writeFile(join(folder, "package.json"), JSON.stringify({ name: "app", local }));
    return readSubstitutions(folder, "./app");
  };

  it("are none for an app without the field, or without package.json", async () => {
    expect(await readSubstitutions(folder)).to.deep.equal(NO_SUBSTITUTIONS);
    expect(await read(undefined)).to.deep.equal(NO_SUBSTITUTIONS);
    expect(await read({})).to.deep.equal(NO_SUBSTITUTIONS);
  });

  it("are what the field says", async () => {
    const all = {
      environment: { CACHE: "files", FOLDER: "{dataFolder}", TABLE_NAME: null },
      unless: "REDIS_URL",
      secrets: { A: { value: "{secret}" }, B: { value: "b:{sha256}", header: "x-access" } },
    };

    expect(await read(all)).to.deep.equal(all);
  });

  const SECRET =
    "It takes a value in which {secret} or {sha256} stands for the stand-in, and the name of a header if callers send it.";
  for (const [local, sentence] of [
    [null, "local to null. It takes an object of environment, unless and secrets."],
    [["CACHE"], 'local to ["CACHE"]. It takes an object of environment, unless and secrets.'],
    [{ env: {} }, "local.env to {}. It takes environment, unless and secrets alone."],
    [{ environment: [] }, "local.environment to []. It takes values by variable."],
    [
      { environment: { CACHE: 1 } },
      "local.environment.CACHE to 1. It takes a text, or null to take the variable away.",
    ],
    [{ unless: ["A"] }, 'local.unless to ["A"]. It takes the name of a variable.'],
    [{ secrets: "A" }, 'local.secrets to "A". It takes forms by variable.'],
    [{ secrets: { A: "{secret}" } }, `local.secrets.A to "{secret}". ${SECRET}`],
    [{ secrets: { A: { value: "fixed" } } }, `local.secrets.A to {"value":"fixed"}. ${SECRET}`],
    [
      { secrets: { A: { value: "{secret}", header: 1 } } },
      `local.secrets.A to {"value":"{secret}","header":1}. ${SECRET}`,
    ],
    [
      { secrets: { A: { value: "{secret}", headers: "a" } } },
      `local.secrets.A to {"value":"{secret}","headers":"a"}. ${SECRET}`,
    ],
  ] as const)
    it(`refuses ${JSON.stringify(local)}`, async () => {
      const error: unknown = await read(local).catch((reason: unknown) => reason);

      expect(error).to.be.instanceOf(LocalRunError);
      expect((error as Error).message).to.equal(`./app/package.json sets ${sentence}`);
    });
});
