/** Prints the plan of a stack whose project lies in another folder, as JSON: `node plan-folder.ts <folder> <stack>`. */
import { planStack } from "../../plan/evaluate.ts";
import { messageOf } from "../../lib/words.ts";

const [root = "", stack = ""] = process.argv.slice(2);
try {
  process.stdout.write(JSON.stringify(await planStack({ root, stack })));
} catch (error) {
  process.stderr.write(`${messageOf(error)}\n`);
  process.exitCode = 1;
}
