import type { WorkbenchConfig } from "./tools/plan/general/config.ts";

/** The entry exports a function and has no effect at import: it is planned in the tool's own process, strictly. */
export default { inProcess: true } satisfies WorkbenchConfig;
