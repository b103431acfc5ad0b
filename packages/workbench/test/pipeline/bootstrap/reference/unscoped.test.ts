import { expect } from "chai";
import { PERMISSIONS } from "../../../../src/pipeline/permissions/table.ts";
import { UNSCOPED } from "../../../../src/pipeline/permissions/unscoped.ts";
import { serviceReference } from "./reference.ts";
import type { ReferenceAction } from "./check.ts";

const REFERENCE = serviceReference();

/** Actions of the table, and by what they are told apart. */
const writes = Object.entries(PERMISSIONS).flatMap(([type, { write, remove }]) =>
  [...write, ...remove].flatMap(({ on, actions }) =>
    actions.map((action) => ({ type, action, by: on.by })),
  ),
);

async function reference(action: string): Promise<ReferenceAction> {
  const [service = ""] = action.split(":");
  const found = (await REFERENCE.actionsOf(service)).find(
    ({ name }) => name.toLowerCase() === action.toLowerCase(),
  );
  if (found === undefined) throw new Error(`${action} does not exist`);
  return found;
}

const asksFor = (keys: readonly string[], tag: "RequestTag" | "ResourceTag"): boolean =>
  keys.some((key) => key.startsWith(`aws:${tag}/`));

describe("Writing actions on everything", () => {
  it("are those of which AWS takes neither a resource of the stack's nor its tags", async () => {
    const open: string[] = [];
    for (const action of new Set(writes.map((write) => write.action))) {
      const { resourceTypes, conditionKeys } = await reference(action);
      const tagged = resourceTypes.some((one) => asksFor(one.conditionKeys, "ResourceTag"));
      // A name of the stack's, where AWS lets resources have one; Route 53 gives numbers, and knows no tags.
      const named = writes.some((write) => write.action === action && write.by === "name");
      const byRecords = writes.some((write) => write.action === action && write.by === "records");
      if (!tagged && !named && !byRecords && !asksFor(conditionKeys, "RequestTag"))
        open.push(action);
    }
    // What has tags, and cannot be asked for them when it matters: the sentence says why.
    const inTime = [
      ...["chatbot:CreateSlackChannelConfiguration", "cloudwatch:PutCompositeAlarm"],
      ...["kms:EnableKeyRotation", "servicediscovery:TagResource"],
    ];
    expect(Object.keys(UNSCOPED).sort()).to.deep.equal([...open, ...inTime].sort());
  });

  it("are no others, row by row", () => {
    const open = writes.filter(({ by }) => by === "nothing").map(({ action }) => action);
    // Every resource of a type alone, where nothing else in the row says whose.
    const loose = writes.filter(
      ({ type, action, by }) =>
        by === "type" &&
        !writes.some(
          (other) =>
            other.type === type &&
            other.action === action &&
            ["name", "tags", "new"].includes(other.by),
        ),
    );
    expect([...new Set([...open, ...loose.map(({ action }) => action)])].sort()).to.deep.equal(
      Object.keys(UNSCOPED).sort(),
    );
  });

  it("say that AWS checks no resource where that is so, and only there", async () => {
    for (const [action, reason] of Object.entries(UNSCOPED)) {
      const { resourceTypes } = await reference(action);
      expect(reason.includes("against no resource"), action).to.equal(resourceTypes.length === 0);
    }
  });
});
