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
export const SAVED_QUERIES: readonly SavedQuery[] = [
  {
    name: "slow",
    query: `filter type = "access"
| fields @timestamp, method, route, status, milliseconds, requestId
| sort milliseconds desc
| limit 20`,
  },
  {
    name: "errors",
    query: `filter type = "access" and status >= 500
| stats count(*) as failed, max(@timestamp) as last by method, route, status
| sort failed desc
| limit 20`,
  },
  {
    name: "routes",
    query: `filter type = "access"
| stats count(*) as requests, pct(milliseconds, 50) as p50, pct(milliseconds, 99) as p99 by method, route
| sort requests desc
| limit 50`,
  },
  {
    name: "request",
    query: `filter requestId = "VALUE" or traceId = "VALUE"
| fields @timestamp, type, message, method, route, status, milliseconds, @logStream
| sort @timestamp
| limit 100`,
  },
  {
    name: "talkers",
    query: `filter type = "access"
| stats count(*) as requests by clientAddress
| sort requests desc
| limit 20`,
  },
  {
    name: "starts",
    query: `filter message = "listening"
| fields @timestamp, revision, @logStream
| sort @timestamp desc
| limit 50`,
  },
];
