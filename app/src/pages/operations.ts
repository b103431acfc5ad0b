import type { ZodMiniType } from "zod/mini";
import { ListQuery } from "../events/routes.ts";
import { ActivityQuery, FeaturesQuery, KpisQuery } from "../reports/queries.ts";
import type { SchemaName } from "./schemas.ts";

/** One endpoint in words; the rest of its description comes from its schemas. */
export interface Operation {
  readonly method: "get" | "post";
  /** Path with parameters in braces. */
  readonly path: string;
  readonly operationId: string;
  readonly tag: "Events" | "Reports" | "Service";
  readonly summary: string;
  readonly description: string;
  readonly query?: Readonly<Record<string, ZodMiniType>>;
  readonly answer: SchemaName | "object";
  /** Needs an API key where keys are configured, counts against the rate limit. */
  readonly client?: boolean;
  readonly tagged?: boolean;
}

export const TAGS: readonly { readonly name: Operation["tag"]; readonly description: string }[] = [
  { name: "Events", description: "Send usage events, and read them as they were stored." },
  { name: "Reports", description: "Business metrics over a range of UTC days." },
  { name: "Service", description: "Health, state and this description." },
];

/** A row: path, operationId, answer, summary, description. */
type Row = readonly [string, string, Operation["answer"], string, string];

const operation = (
  more: Pick<Operation, "tag"> & Partial<Operation>,
  [path, operationId, answer, summary, description]: Row,
): Operation => ({
  method: "get",
  ...{ path, operationId, answer, summary, description },
  ...more,
});

const events = { tag: "Events", client: true } as const;
const report = { tag: "Reports", client: true, tagged: true } as const;
const service = { tag: "Service" } as const;

/** Every endpoint, in the order in which people read about them. */
// prettier-ignore
export const OPERATIONS: readonly Operation[] = [
  operation({ ...events, method: "post" }, ["/v1/events", "submitEvents", "SubmitResult", "Send one event or a batch",
    "Answered after the events are stored: what was answered with 202 is never lost and never counted twice. Sending an " +
    "event again is safe. In a batch each event has its own result; 400 means that none was accepted."]),
  operation({ ...events, query: ListQuery.shape }, ["/v1/events", "listEvents", "EventPage", "Page through stored events",
    "Newest receipt first. Follow `nextCursor` until it is absent."]),
  operation(events, ["/v1/events/{id}", "getEvent", "StoredEvent", "One stored event",
    "Events are kept for 90 days from their time."]),
  operation({ ...report, query: ActivityQuery.shape }, ["/v1/activity", "getActivity", "ActivityReport",
    "Active users and events by day", "At most 92 days."]),
  operation({ ...report, query: FeaturesQuery.shape }, ["/v1/features", "getFeatures", "FeaturesReport",
    "Use by feature, its share and trend", "Most used first, compared with the range of equal length before."]),
  operation({ ...report, query: KpisQuery.shape }, ["/v1/kpis", "getKpis", "KpisReport",
    "Active users, stickiness, adoption, error share", "Windows of 1, 7 and 30 days that end with `date`."]),
  operation(service, ["/livez", "getLiveness", "Alive", "Whether the process is alive",
    "For the container's health check: no answer means start it again."]),
  operation(service, ["/readyz", "getReadiness", "Readiness", "Whether the process should get traffic",
    "For the load balancer: 503 while draining, without the store, or overloaded."]),
  operation(service, ["/status", "getStatus", "Status", "Version, uptime, state of the processes and the store",
    "For people; its members may grow."]),
  operation({ ...service, tagged: true }, ["/openapi.json", "getDescription", "object", "This description", "OpenAPI 3.1."]),
];
