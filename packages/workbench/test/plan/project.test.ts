import { expect } from "chai";
import { loadProject, loadStackConfig, stackNames } from "../../src/plan/project.ts";
import { failure, projectFolder, type ProjectFolder } from "./project-folder.ts";

describe("project files", () => {
  let folder: ProjectFolder;
  afterEach(() => folder.remove());

  it("declared keys carry the project's namespace, foreign ones keep theirs", async () => {
    folder = await projectFolder({
      "Pulumi.yaml": [
        "name: shop",
        "config:",
        "  size: { type: integer, default: 3, description: How many. }",
        "  zones: { type: array, items: { type: array, items: { type: string } } }",
        "  short: medium",
        "  token: { type: string, secret: true }",
        "  aws:region: { value: eu-west-1 }",
        "  aws:profile: default",
      ].join("\n"),
    });
    const project = await loadProject(folder.path);
    const nothing = {
      items: undefined,
      description: "",
      default: undefined,
      value: undefined,
      secret: false,
    };
    expect(project.name).to.equal("shop");
    expect(project.main).to.equal("index.ts");
    expect(Object.fromEntries(project.declarations)).to.deep.equal({
      "shop:size": { ...nothing, type: "integer", default: 3, description: "How many." },
      "shop:zones": {
        ...nothing,
        type: "array",
        items: { type: "array", items: { type: "string", items: undefined } },
      },
      "shop:short": { ...nothing, type: undefined, default: "medium" },
      "shop:token": { ...nothing, type: "string", secret: true },
      "aws:region": { ...nothing, type: undefined, value: "eu-west-1" },
      "aws:profile": { ...nothing, type: undefined, value: "default" },
    });
  });

  it("stacks are the files beside Pulumi.yaml", async () => {
    folder = await projectFolder({
      "Pulumi.prod.yaml": "",
      "Pulumi.eu.test.yaml": "",
      "other.yaml": "",
    });
    expect(await stackNames(folder.path)).to.deep.equal(["dev", "eu.test", "prod"]);
  });

  it("an unknown stack is refused with the stacks there are", async () => {
    folder = await projectFolder({ "Pulumi.prod.yaml": "" });
    expect(await failure(loadStackConfig(folder.path, "staging"))).to.equal(
      'PlanError: There is no stack "staging". The stacks are dev, prod; a new one is a file Pulumi.<stack>.yaml.',
    );
  });

  it("a stack file without config has no values, and the old key spelling still works", async () => {
    folder = await projectFolder({
      "Pulumi.empty.yaml": "encryptionsalt: v1:abc\n",
      "Pulumi.old.yaml": "config:\n  shop:config:size: 4\n  shop:list: [a, b]\n",
    });
    expect([...(await loadStackConfig(folder.path, "empty"))]).to.deep.equal([]);
    expect([...(await loadStackConfig(folder.path, "old"))]).to.deep.equal([
      ["shop:size", 4],
      ["shop:list", ["a", "b"]],
    ]);
  });

  const refused: [string, Record<string, string>, string][] = [
    [
      "a key without namespace",
      { "Pulumi.dev.yaml": "config:\n  size: 4\n" },
      "PlanError: Pulumi.dev.yaml: could not parse size as a configuration key (configuration keys should be of the form <namespace>:<name>).",
    ],
    [
      "a key without value",
      { "Pulumi.dev.yaml": "config:\n  shop:size:\n" },
      "PlanError: Pulumi.dev.yaml: shop:size has no value. Set one or delete the line.",
    ],
    [
      "a list of values",
      { "Pulumi.dev.yaml": "config: [a]\n" },
      "PlanError: Pulumi.dev.yaml: config is not a map of keys and values.",
    ],
    [
      "a file that is no map",
      { "Pulumi.dev.yaml": "just text\n" },
      "PlanError: Pulumi.dev.yaml is not a map of settings.",
    ],
    [
      "a file that is no YAML",
      { "Pulumi.dev.yaml": "config: {\n" },
      "PlanError: Pulumi.dev.yaml is not valid YAML: Flow map in block collection must be sufficiently indented and end with a } at line 2, column 1.",
    ],
  ];
  for (const [what, files, message] of refused)
    it(`${what} is refused in one sentence`, async () => {
      folder = await projectFolder(files);
      expect(await failure(loadStackConfig(folder.path, "dev"))).to.equal(message);
    });

  it("a folder without Pulumi.yaml, and a project without name, are refused", async () => {
    folder = await projectFolder({ "Pulumi.yaml": "runtime: nodejs\n" });
    expect(await failure(loadProject(folder.path))).to.equal(
      "PlanError: Pulumi.yaml names no project: set `name`.",
    );
    expect(await failure(loadProject(`${folder.path}/none`))).to.equal(
      `PlanError: ${folder.path}/none/Pulumi.yaml cannot be read (ENOENT): plan in the folder of the project.`,
    );
  });
});
