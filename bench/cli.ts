import { parseArgs } from "node:util";

/** Each bench by name: loaded when it runs, because some install what they compare with. */
const BENCHES: Readonly<Record<string, () => Promise<void> | void>> = {
  plan: async () => {
    (await import("./plan/plan.ts")).benchPlan();
  },
};

const HELP = `npm run bench [-- NAME ...]

Prints ratios measured side by side in one run; absolute times say more about the machine.

  plan    the offline plan against cdk synth

Without a name, all of them.`;

const { positionals, values } = parseArgs({
  allowPositionals: true,
  options: { help: { type: "boolean", short: "h" } },
});
if (values.help === true) {
  console.log(HELP);
} else {
  for (const name of positionals.length === 0 ? Object.keys(BENCHES) : positionals) {
    const bench = BENCHES[name];
    if (bench === undefined) {
      console.error(`There is no bench ${name}; there are ${Object.keys(BENCHES).join(", ")}.`);
      process.exit(1);
    }
    await bench();
  }
}
