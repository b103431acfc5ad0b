import type {
  ActivityReport,
  EventPage,
  EventsService,
  FeaturesReport,
  KpisReport,
  StoreStatus,
  SubmitStatus,
  UsageEvent,
} from "../../../app/src/events/service.ts";

/** A store that takes no time and keeps nothing: what is measured is everything else. */
export class CannedEvents implements EventsService {
  readonly #activity: ActivityReport;

  constructor(activity: ActivityReport) {
    this.#activity = activity;
  }

  submit(events: readonly UsageEvent[]): Promise<SubmitStatus[]> {
    return Promise.resolve(events.map(() => "accepted" as const));
  }

  event(): Promise<undefined> {
    return Promise.resolve(undefined);
  }

  list(): Promise<EventPage> {
    return Promise.resolve({ events: [] });
  }

  activity(): Promise<ActivityReport> {
    return Promise.resolve(this.#activity);
  }

  features(): Promise<FeaturesReport> {
    return Promise.reject(new Error("The bench asks for no such report."));
  }

  kpis(): Promise<KpisReport> {
    return Promise.reject(new Error("The bench asks for no such report."));
  }

  status(): StoreStatus {
    return { kind: "sqlite", state: "ok", since: 0, queueDepth: 0, queueLimit: 20_000 };
  }

  close(): Promise<void> {
    return Promise.resolve();
  }
}
