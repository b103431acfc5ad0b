import path from "node:path";
import { readPackage } from "@koa-fargate/workbench/project/app-package.ts";
import { ROOT } from "./app.ts";

/** What the app of app/ is called. */
export const APP_NAME = String((await readPackage(path.join(ROOT, "app")))["name"]);

/** Whether app/ still holds the sample app. Another one may be anything: what is expected of the sample app alone is skipped. */
export const IS_SAMPLE_APP: boolean = APP_NAME === "events-api";
