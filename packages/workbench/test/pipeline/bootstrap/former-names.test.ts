import { expect } from "chai";
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { formerNames } from "../../../src/pipeline/bootstrap/former-names.ts";
import {
  formerArns,
  withFormer,
  type ServiceGraph,
} from "../../../src/pipeline/permissions/graph.ts";
import { policy } from "../../../src/pipeline/permissions/policy.ts";
import {
  readStatements,
  writeStatements,
} from "../../../src/pipeline/permissions/service-statements.ts";
import { allows } from "./iam.ts";
import { PROJECT } from "../../../../../test/helpers/project.ts";

const REPOSITORY = path.resolve(import.meta.dirname, "../../../../..");
const BUCKET = "aws:s3/bucket:Bucket";
const TABLE = "aws:dynamodb/table:Table";
const OLD = "arn:aws:s3:::storage-logs-1a2b3c4";
const OLD_TABLE = "arn:aws:dynamodb:eu-west-1:123456789012:table/storage-table-1a2b3c4";
const GRAPH: ServiceGraph = {
  ...{ project: PROJECT, stack: "dev", region: "eu-west-1", functions: [], roles: [] },
  types: [BUCKET],
  arns: { [BUCKET]: [`arn:aws:s3:::${PROJECT}-dev-storage-logs-*`] },
  tags: { project: PROJECT, stack: "dev" },
};
const state = (...resources: [type: string, arn?: string][]): string =>
  JSON.stringify({
    deployment: { resources: resources.map(([type, arn]) => ({ type, outputs: { arn } })) },
  });
const NONE = JSON.stringify({ deployment: {} });

describe("What a stack has under former names", () => {
  it("is what the patterns of its program do not cover, of the types that policies tell by ARN", () => {
    const exported = state(
      [BUCKET, OLD],
      [BUCKET, `arn:aws:s3:::${PROJECT}-dev-storage-logs-5e6f708`],
      [TABLE, OLD_TABLE],
      ["aws:ec2/vpc:Vpc", "arn:aws:ec2:eu-west-1:123456789012:vpc/vpc-1"],
      ["aws:iam/role:Role", "arn:aws:iam::123456789012:role/api-1a2b3c4"],
      ["pulumi:pulumi:Stack"],
    );
    const dashboard = "arn:aws:cloudwatch::123456789012:dashboard/koa-dev";
    const type = "aws:cloudwatch/dashboard:Dashboard";
    const other = { type, outputs: { dashboardArn: dashboard } };
    expect(formerArns(JSON.stringify({ deployment: { resources: [other] } }), GRAPH)).to.deep.equal(
      { [type]: [dashboard] },
    );
    expect(formerArns(exported, GRAPH)).to.deep.equal({ [BUCKET]: [OLD], [TABLE]: [OLD_TABLE] });
    expect(formerArns(NONE, GRAPH)).to.deep.equal({});
  });

  it("is reached by the stack's roles beside what has new names, and by no pattern", () => {
    const may = (graph: ServiceGraph, resource: string): boolean => {
      const policies = [policy([...readStatements(graph), ...writeStatements(graph, HERE)])];
      const boundary = policy([{ Effect: "Allow", Action: ["*"], Resource: ["*"] }]);
      return allows({ policies, boundary }, { action: "s3:PutBucketTagging", resource });
    };
    const graph = withFormer(GRAPH, { [BUCKET]: [OLD] });
    expect(may(GRAPH, OLD)).to.equal(false);
    expect(may(graph, OLD)).to.equal(true);
    expect(may(graph, `arn:aws:s3:::${PROJECT}-dev-storage-logs-5e6f708`)).to.equal(true);
    expect(may(graph, "arn:aws:s3:::storage-logs-9f8e7d6")).to.equal(false);
    expect(withFormer(GRAPH)).to.deep.equal(GRAPH);
  });
});

describe("What is kept of a stack", () => {
  it("is also what has a former name, of a type of which one is", () => {
    const kept = { [BUCKET]: [`arn:aws:s3:::${PROJECT}-dev-storage-logs-*`] };
    const former = { [BUCKET]: [OLD], [TABLE]: [OLD_TABLE] };
    const graph = withFormer({ ...GRAPH, kept }, former);
    expect(graph.kept).to.deep.equal({ [BUCKET]: [...kept[BUCKET], OLD] });
    expect(graph.arns).to.deep.equal({
      [BUCKET]: [...(GRAPH.arns[BUCKET] ?? []), OLD],
      [TABLE]: [OLD_TABLE],
    });
    const removes = (of: ServiceGraph): boolean =>
      writeStatements(of, HERE).some(
        ({ Action, Resource }) => Action.includes("s3:DeleteBucket") && Resource.includes(OLD),
      );
    expect([removes(withFormer(GRAPH, former)), removes(graph)]).to.deep.equal([true, false]);
  });
});

describe("The step of bootstrap for former names", function () {
  let root: string;
  const file = (): string => path.join(root, "bootstrap/Pulumi.account.yaml");
  beforeEach(() => {
    root = mkdtempSync(path.join(tmpdir(), "former-"));
    mkdirSync(path.join(root, "bootstrap"));
    for (const name of ["Pulumi.yaml", "Pulumi.account.yaml"])
      cpSync(path.join(REPOSITORY, "bootstrap", name), path.join(root, "bootstrap", name));
    // The program itself.
    for (const name of ["Pulumi.yaml", "Pulumi.dev.yaml", "Dockerfile", "app", "index.ts"])
      symlinkSync(path.join(REPOSITORY, name), path.join(root, name));
  });
  afterEach(() => {
    rmSync(root, { recursive: true });
  });

  const steps = (answer: { code: number; stdout?: string; stderr?: string }) => {
    const settings = {
      accountId: "123456789012",
      subjectPrefix: "",
      region: "eu-west-1",
      stacks: ["dev"],
    };
    const run = () => Promise.resolve({ stdout: "", stderr: "", ...answer });
    return formerNames({ run, root, account: "account", settings }, file());
  };

  it("is none where no stack is there, or none has any", async () => {
    expect(await steps({ code: 6 })).to.deep.equal([]);
    expect(await steps({ code: 0, stdout: NONE })).to.deep.equal([]);
  });

  it("writes them once, and takes them off again when they are gone", async () => {
    const before = readFileSync(file(), "utf8");
    const found = { code: 0, stdout: state([BUCKET, OLD]) };
    const [step] = await steps(found);
    expect(step?.lines).to.deep.equal([
      "the roles of dev reach it by its ARN, until it is replaced",
      "It is written into bootstrap/Pulumi.account.yaml: commit that.",
    ]);
    await step?.run();
    expect(readFileSync(file(), "utf8")).to.equal(
      `${before}  ${PROJECT}-bootstrap:formerArns:\n    dev:\n      ${BUCKET}:\n        - ${OLD}\n`,
    );
    expect(await steps(found)).to.deep.equal([]);

    await (await steps({ code: 0, stdout: NONE }))[0]?.run();
    expect(readFileSync(file(), "utf8")).to.equal(before);
  });
});

const HERE = { partition: "aws", accountId: "123456789012" };
