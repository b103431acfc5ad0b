import { list, pairs, record, scalar } from "../../../plan/plan-reader.ts";
import { containerDefinitions } from "../../../plan/services.ts";
import { UNKNOWN } from "../types.ts";
import { quote } from "./quote.ts";
import { valueAt, type Value } from "./settings.ts";

type Container = Readonly<Record<string, Value>>;

/** Variables that switch a protection, and the words that switch it off. */
const SWITCH = /AUTH|TLS|SSL|VERIFY|CSRF|SIGNATURE/;
const OFF = /^(?:none|off|false|no|0|disabled?|insecure)$/i;

/**
 * What the containers of a task definition may do that they might not before, or lost of their secrets.
 * @param planned inputs of an offline plan, for containers that a preview does not know yet
 */
export function weakenedContainers(
  before: Container,
  after: Container,
  planned: Container = {},
): string[] {
  const key = "containerDefinitions";
  const old = byName(before[key]);
  const young = byName(after[key] === UNKNOWN ? planned[key] : after[key]);
  return [...old].flatMap(([name, container]) => {
    const next = young.get(name);
    return next === undefined ? [] : weakened(container, next);
  });
}

function weakened(before: Container, after: Container): string[] {
  const is = (container: Container, path: string): boolean => valueAt(container, path) === true;
  const drops = (container: Container): boolean =>
    list(valueAt(container, "linuxParameters.capabilities.drop")).includes("ALL");
  const root = (container: Container): boolean =>
    ["", "0", "root"].includes(scalar(container["user"]).split(":")[0] ?? "");
  const say = (worse: boolean, fact: string): string[] => (worse ? [fact] : []);
  return [
    ...say(
      is(before, "readonlyRootFilesystem") && !is(after, "readonlyRootFilesystem"),
      "lets its container change its own files",
    ),
    ...say(!is(before, "privileged") && is(after, "privileged"), "runs its container privileged"),
    ...say(!root(before) && root(after), "runs its container as root, if its image names no user"),
    ...say(drops(before) && !drops(after), "leaves its container Linux capabilities"),
    ...variables(before, after),
  ];
}

function variables(before: Container, after: Container): string[] {
  const [old, young] = [pairs(before["environment"]), pairs(after["environment"])];
  const names = (container: Container): string[] =>
    list(container["secrets"]).map((secret) => scalar(record(secret)["name"]));
  const kept = names(after);
  return [
    ...names(before)
      .filter((name) => !kept.includes(name))
      .map((name) =>
        name in young
          ? `gets ${quote(name)} as plain text in place of a secret`
          : `does not get the secret ${quote(name)} any more`,
      ),
    ...Object.entries(young)
      .filter(([name, value]) => SWITCH.test(name) && OFF.test(value) && old[name] !== value)
      // Where it was off by being left out, writing it down changes nothing.
      .filter(([name]) => old[name] !== undefined)
      .map(([name, value]) => `sets ${quote(name)} to ${quote(value)}`),
    ...Object.keys(old)
      .filter((name) => SWITCH.test(name) && !(name in young) && !kept.includes(name))
      .map((name) => `does not set ${quote(name)} any more`),
  ];
}

const byName = (value: Value): Map<string, Container> =>
  new Map(containerDefinitions(value).map((container) => [scalar(container.name), container]));
