import { readFileSync } from "node:fs";
import path from "node:path";
import { ROOT } from "../helpers/app.ts";

/** A command of the page, and what it says that it prints; nothing where it does not say. */
export interface Shown {
  /** Title of its section. */
  section: string;
  command: string;
  prints: string[];
}

/** Words that a line begins with where it is typed, and not printed. */
const TYPED = /^(?:[A-Z]+=|export |npm |npx |pulumi |aws |gh |git |curl |printf |openssl )/;

/** Commands of docs/getting-started.md, in order, each with the lines of the block after it. */
export function commands(): Shown[] {
  const page = readFileSync(path.join(ROOT, "docs/getting-started.md"), "utf8");
  return page.split(/^##+ /m).flatMap((text) => {
    const [section = ""] = text.split("\n");
    const shown: Shown[] = [];
    for (const line of text.split("\n").filter((one) => one.startsWith("    "))) {
      const bare = line.slice(4);
      const last = shown.at(-1);
      if (TYPED.test(bare)) shown.push({ section, command: bare, prints: [] });
      else last?.prints.push(bare);
    }
    return shown;
  });
}
