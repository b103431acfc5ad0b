import saved from "./queries.json" with { type: "json" };

/** A query of CloudWatch Logs Insights that is kept with the stack, for the console and for `npm run logs -- STACK --query`. */
export interface SavedQuery {
  /** Last part of its name in CloudWatch; the first is the stack's. */
  name: string;
  /** `VALUE` in it stands for what the caller looks for. */
  query: string;
}

/**
 * They read the fields of one JSON object a line: `type`, `method`, `route`, `status`, `milliseconds`, `requestId`, `traceId`,
 * `clientAddress`, `message` and `revision`. An app that writes others has its own queries here.
 * Syntax: CloudWatch Logs User Guide, Logs Insights query syntax.
 */
export const SAVED_QUERIES: readonly SavedQuery[] = saved.map(({ name, query }) => ({
  name,
  query: query.join("\n"),
}));
