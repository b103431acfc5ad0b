import { readFileSync } from "node:fs";
import path from "node:path";
import { ROOT } from "./app.ts";

const { name } = JSON.parse(readFileSync(path.join(ROOT, "app/package.json"), "utf8")) as {
  name?: string;
};

/** Whether app/ still holds the sample app. Another one may be anything: what is expected of the sample app alone is skipped. */
export const IS_SAMPLE_APP: boolean = name === "events-api";
