import { expect } from "chai";
import { isPreviewDigest, previewChanges } from "../../../src/review/comment/preview.ts";
import { UNKNOWN } from "../../../src/review/diff/types.ts";
import { urnOf } from "../diff/change.ts";

const ENGINE_UNKNOWN = "04da6b54-80e4-46f7-96ec-b56ff0331ba9";
const urn = urnOf("aws:lb/targetGroup:TargetGroup", "blue");
const state = (inputs: Record<string, string | number>, rest = {}) => ({
  custom: true,
  inputs,
  ...rest,
});

describe("previewChanges", () => {
  const only = (step: object) => {
    const { resources } = previewChanges("koa-fargate", "dev", {
      steps: [{ urn, ...step } as never],
      changeSummary: { same: 7 },
    });
    expect(resources.length).to.equal(1);
    return resources[0];
  };

  it("reads operation, box, name, inputs and what is unknown", () => {
    const found = previewChanges("koa-fargate", "dev", {
      steps: [
        { op: "same", urn: "urn:pulumi:dev::koa-fargate::pulumi:pulumi:Stack::koa-fargate-dev" },
        {
          op: "update",
          urn,
          oldState: state({ port: 1, vpcId: "vpc-1" }),
          newState: state({ port: 2, vpcId: ENGINE_UNKNOWN }),
        },
      ],
      changeSummary: { same: 7, update: 1 },
    });
    expect(found).to.deep.equal({
      project: "koa-fargate",
      stack: "dev",
      source: "preview",
      resources: [
        {
          urn,
          type: "aws:lb/targetGroup:TargetGroup",
          name: "blue",
          box: "service",
          operation: "update",
          properties: [
            { path: "port", before: 1, after: 2, replaces: false },
            { path: "vpcId", before: "vpc-1", after: UNKNOWN, replaces: false },
          ],
          before: { port: 1, vpcId: "vpc-1" },
          after: { port: 2, vpcId: UNKNOWN },
          dependencies: [],
          protected: false,
          retained: false,
          unprotected: false,
        },
      ],
      unchanged: 7,
      config: [],
    });
  });

  it("takes the reasons for a replacement from either place that the engine writes them to", () => {
    const states = {
      oldState: state({ port: 1, name: "a" }),
      newState: state({ port: 2, name: "b" }),
    };
    const replacing = (step: object) =>
      only({ op: "replace", ...states, ...step })
        ?.properties.filter(({ replaces }) => replaces)
        .map(({ path }) => path);
    expect(replacing({ replaceReasons: ["port"] })).to.deep.equal(["port"]);
    expect(
      replacing({ detailedDiff: { name: { kind: "update-replace", inputDiff: true } } }),
    ).to.deep.equal(["name"]);
  });

  it("shows what differs from the cloud alone, and secrets that changed", () => {
    const found = only({
      op: "update",
      oldState: state({ password: "[secret]" }, { outputs: { password: "[secret]", weight: 5 } }),
      newState: state({ password: "[secret]" }),
      detailedDiff: {
        password: { kind: "update", inputDiff: false },
        weight: { kind: "delete", inputDiff: false },
      },
    });
    expect(found?.properties).to.deep.equal([
      { path: "password", before: "[secret]", after: "[secret]", replaces: false },
      { path: "weight", before: 5, replaces: false },
    ]);
  });

  it("a replacement that shows as creation and deletion is one", () => {
    const { resources } = previewChanges("koa-fargate", "dev", {
      steps: [
        {
          op: "create-replacement",
          urn,
          oldState: state({ port: 1 }),
          newState: state({ port: 2 }),
        },
        { op: "delete-replaced", urn, oldState: state({ port: 1 }) },
      ],
    });
    expect(resources.map(({ operation, properties }) => [operation, properties])).to.deep.equal([
      ["replace", [{ path: "port", before: 1, after: 2, replaces: false }]],
    ]);
  });

  it("says that protection goes, also where nothing else changes", () => {
    const found = only({ op: "same", oldState: state({}, { protect: true }), newState: state({}) });
    expect([found?.operation, found?.unprotected, found?.protected]).to.deep.equal([
      "update",
      true,
      false,
    ]);
    const deleted = only({
      op: "delete",
      oldState: state({}, { protect: true, retainOnDelete: true }),
    });
    expect([deleted?.operation, deleted?.protected, deleted?.retained]).to.deep.equal([
      "delete",
      true,
      true,
    ]);
  });
});

describe("isPreviewDigest", () => {
  it("takes what the CLI prints, and nothing else", () => {
    expect([{ changeSummary: {} }, { steps: [] }].map(isPreviewDigest)).to.deep.equal([true, true]);
    expect([null, [], "x", {}, { steps: 1 }].map(isPreviewDigest)).to.deep.equal([
      false,
      false,
      false,
      false,
      false,
    ]);
  });
});
