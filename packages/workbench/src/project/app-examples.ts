import { readPackage } from "./app-package.ts";

/** One call that an app's package.json shows to its users, under the key `examples`. */
export interface Example {
  /** Default GET. */
  method?: string;
  /** From the root of the service, such as `/v1/orders`. */
  path: string;
  /** Sent as JSON; the text `{now}` stands for the current time. */
  body?: unknown;
}

/** Example calls that the app declares; none for an app without the key `examples`. */
export async function readExamples(appFolder: string): Promise<Example[]> {
  const { examples } = await readPackage(appFolder);
  return Array.isArray(examples) ? examples.filter(isExample) : [];
}

function isExample(value: unknown): value is Example {
  return (
    typeof value === "object" &&
    value !== null &&
    "path" in value &&
    typeof value.path === "string" &&
    value.path.startsWith("/")
  );
}
