/** Prints what stacks of the service are made of, as JSON: `node packages/workbench/src/pipeline/bootstrap/graphs.ts dev prod`. */
import { serviceGraph } from "../permissions/graph.ts";
import { planStack } from "../../plan/evaluate.ts";
import { loadWorkbenchConfig } from "../../project/workbench-config.ts";

const plans = await Promise.all(process.argv.slice(2).map((stack) => planStack({ stack })));
const declared = await loadWorkbenchConfig(process.cwd());
process.stdout.write(JSON.stringify(plans.map((plan) => serviceGraph(plan, declared))));
