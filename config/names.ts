import { LONGEST_START } from "@koa-fargate/workbench/project";
import { NAME } from "./keys/app.ts";
import { problemsOf, type Problem } from "./problem.ts";

/** Why names that begin with this prefix and stack would be refused by AWS; none where they fit. */
export function nameProblems(namePrefix: string, stack: string): Problem[] {
  const start = `${namePrefix}-${stack}`;
  const legal = start.toLowerCase().replaceAll(/[^a-z0-9]+/g, "-");
  const isName = NAME.test(start);
  return problemsOf({
    "pulumi:autonaming":
      !isName &&
      `would make names that begin with ${JSON.stringify(start)}, but not every service of AWS takes other than small letters, digits and single hyphens. Call the stack ${legal.slice(namePrefix.length + 1)}.`,
    namePrefix:
      isName &&
      start.length > LONGEST_START &&
      `is ${JSON.stringify(namePrefix)}, so names begin with ${JSON.stringify(start)}, ${start.length} characters; those of load balancers leave ${LONGEST_START} for that. Set one of at most ${LONGEST_START - stack.length - 1}.`,
  });
}
