import { requiredReviewers, type Environment } from "../bootstrap/environment.ts";
import { readGround } from "../bootstrap/ground.ts";
import { APPROVED, missingRules, requiredChecks, type Rule } from "../bootstrap/rules.ts";
import { messageOf } from "../../lib/words.ts";
import { about, tryRun, type Dependencies, type Finding } from "./checks.ts";

/** What stands between a commit and the stacks, as GitHub has it. */
export async function checkGitHub({ run }: Dependencies): Promise<Finding[]> {
  const { ok, warn } = about("GitHub");
  const name = (
    await tryRun(run, "gh repo view --json nameWithOwner --jq .nameWithOwner").catch(() => "")
  )?.trim();
  if (name === undefined || name === "")
    return [
      warn(
        "gh is not here, is not signed in, or finds no repository of GitHub's.",
        "Nothing to do, if the pipeline deploys nothing. Else install it, and gh auth login.",
      ),
    ];
  let ground;
  try {
    ground = await readGround(run, name);
  } catch (error) {
    return [warn(messageOf(error), "Whether main and prod are guarded, an administrator can ask.")];
  }
  const read = async <T>(line: string): Promise<T | undefined> => {
    const text = await tryRun(run, line);
    return text === undefined ? undefined : (JSON.parse(text) as T);
  };
  const listed = await read<{ name: string; value: string }[]>(
    `gh variable list --repo ${name} --json name,value`,
  );
  const variables = new Map(listed?.map((one) => [one.name, one.value]));
  const signs = variables.get("ATTESTATIONS") !== "off";
  return [
    ok(`${name} is ${ground.isPrivate ? "private" : "public"}.`),
    checkMain(
      name,
      await read<Rule[]>(`gh api repos/${name}/rules/branches/main`),
      requiredChecks(ground.place),
    ),
    ...checkApproval(
      await read<Environment>(`gh api repos/${name}/environments/${APPROVED}`),
      variables.get("PROMOTION") === "by-hand",
    ),
    ...(signs && !ground.has.attestations
      ? [
          about("GitHub: signatures").fail(
            `GitHub has no attestations for private repositories on the plan ${ground.plan ?? ""}: deployments fail where they sign.`,
            `gh variable set ATTESTATIONS --repo ${name} --body off`,
          ),
        ]
      : []),
  ];
}

function checkMain(
  name: string,
  rules: readonly Rule[] | undefined,
  required: readonly string[],
): Finding {
  const { ok, warn } = about("GitHub: main");
  if (rules === undefined)
    return warn(
      "GitHub has no rules for this private repository on its plan: a commit that no check passed can get onto main, and main is what deploys.",
      "GitHub Pro or Team has them, and so has every public repository.",
    );
  if (missingRules(rules, false, required) === undefined)
    return ok("It is changed by pull requests alone, after their checks.");
  return warn(
    "It is not guarded: a commit that no check passed can get there, and main is what deploys.",
    `npm run bootstrap -- --github ${name} makes the ruleset.`,
  );
}

function checkApproval(environment: Environment | undefined, byHand: boolean): Finding[] {
  // Without the environment nothing is deployed there.
  if (environment === undefined) return [];
  const { ok, warn } = about(`GitHub: ${APPROVED}`);
  const names = requiredReviewers(environment).map(({ name }) => name);
  if (names.length > 0) return [ok(`It is approved by ${names.join(" or ")}.`)];
  if (byHand) return [ok("It is deployed by the workflow control alone.")];
  return [
    warn(
      "Nobody approves it: every merge deploys it.",
      "npm run bootstrap -- --github owner/name --reviewer <login>, if that is not meant.",
    ),
  ];
}
