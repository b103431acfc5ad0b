/** What a bench is started with. */
export interface BenchOptions {
  /** Shorter windows and waits: for a look, not for figures. */
  readonly quick: boolean;
  /** Only these parts; empty = all. */
  readonly parts: readonly string[];
  /** Makes the files of the image out of the app's folder. */
  readonly bundler: (appPath: string) => ReadonlyMap<string, Uint8Array>;
}

export interface Bench {
  readonly summary: string;
  /** Loads the bench when it runs, because some install what they compare with. */
  readonly run: (options: BenchOptions) => Promise<void>;
}

/** The benches of the app, by name. */
export const benches: Readonly<Record<string, Bench>> = {
  app: {
    summary: "the app against node:http, a typical Koa stack and fastify; start, drain, limits",
    run: async (options) => {
      await (await import("./app.ts")).benchApp(options);
    },
  },
  store: {
    summary: "a million events through SQLite, and reports over them",
    run: async ({ quick }) => {
      (await import("./store/store.ts")).benchStore(quick);
    },
  },
};
