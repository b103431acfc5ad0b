/** Prints what stacks of the service are made of, as JSON: `node packages/workbench/src/pipeline/bootstrap/graphs.ts dev prod`. */
import { serviceGraph } from "../permissions/graph.ts";
import { planStack } from "../../plan/evaluate.ts";

const plans = await Promise.all(process.argv.slice(2).map((stack) => planStack({ stack })));
process.stdout.write(JSON.stringify(plans.map(serviceGraph)));
