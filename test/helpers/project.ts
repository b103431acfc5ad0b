import path from "node:path";
import { projectName } from "@koa-fargate/workbench/project/namespaces.ts";

/** Name of this project, which `npm run rename` changes. Fixtures of other projects, and frozen ones, have their own. */
export const PROJECT = projectName(path.resolve(import.meta.dirname, "../.."));
