import type { WorkbenchConfig } from "@koa-fargate/workbench/config";
import { generatedFiles } from "./config/reference.ts";
import { appFolders } from "./config/services.ts";
import { services } from "./services.ts";

/** The entry exports a function and has no effect at import: it is planned in the tool's own process, strictly. */
export default {
  inProcess: true,
  apps: appFolders(services),
  pages: generatedFiles,
  gaps: async (...asked) => {
    const { pipelineGaps } = await import("@koa-fargate/workbench/pipeline/permissions/rows.ts");
    return pipelineGaps(...asked);
  },
} satisfies WorkbenchConfig;
