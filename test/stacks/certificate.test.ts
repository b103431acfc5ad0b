import { expect } from "chai";
import { comparePlans } from "@koa-fargate/workbench/review/diff/compare.ts";
import type { StackChanges } from "@koa-fargate/workbench/review/diff/types.ts";
import { NOT_FOUND, TO_HTTPS } from "../../components/load-balancer/listeners.ts";
import { all, names, one, planOf } from "./helpers/plans.ts";

const LISTENER = "lb/listener:Listener";
const encrypted = {
  certificateArn: "arn:aws:acm:eu-west-1:123456789012:certificate/abc",
  domainName: "api.example.com",
};

const listeners = ({ resources }: StackChanges): unknown[] =>
  resources
    .filter(({ type }) => type.endsWith(LISTENER))
    .map(({ operation, name, properties }) => [
      operation,
      name,
      properties.map(({ path }) => path),
    ]);

describe("a certificate that comes or goes", () => {
  it("changes what port 80 answers in place: AWS takes one listener a port", async () => {
    const [without, withOne] = await Promise.all([planOf("dev"), planOf("dev", encrypted)]);
    const port80 = [without, withOne].map((plan) => one(plan, LISTENER, "load-balancer-http"));

    expect(port80.map(({ inputs }) => [inputs["port"], inputs["defaultActions"]])).to.deep.equal([
      [80, [NOT_FOUND]],
      [80, [TO_HTTPS]],
    ]);
    const action = ["fixedResponse", "redirect", "type"].map((key) => `defaultActions[0].${key}`);
    expect(listeners(comparePlans(without, withOne))).to.deep.equal([
      ["update", "load-balancer-http", action],
      ["create", "load-balancer-https", []],
    ]);
    expect(listeners(comparePlans(withOne, without))).to.deep.equal([
      ["update", "load-balancer-http", action],
      ["delete", "load-balancer-https", []],
    ]);
  });

  it("a stack from before keeps its listener: its name with a certificate was another", async () => {
    const plan = await planOf("prod");
    const before = structuredClone(plan);
    const [listener] = all(before, LISTENER).filter(({ name }) => name === "load-balancer-http");
    if (listener === undefined) throw new Error("no listener");
    listener.name = "load-balancer-redirect";
    listener.urn = listener.urn.replace(/-http$/, "-redirect");

    expect(names(all(before, LISTENER))).to.deep.equal([
      "load-balancer-https",
      "load-balancer-redirect",
    ]);
    expect(listeners(comparePlans(before, plan))).to.deep.equal([]);
  });
});
