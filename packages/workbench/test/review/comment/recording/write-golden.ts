/** Writes the comments that belong to the recorded previews. Read what changed before it is committed. */
import { writeFileSync } from "node:fs";
import { goldenFile, goldens, rendered } from "../golden.ts";

for (const golden of goldens()) writeFileSync(goldenFile(golden.name), rendered(golden));
