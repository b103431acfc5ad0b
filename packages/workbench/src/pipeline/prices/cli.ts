import { writeFile } from "node:fs/promises";
import path from "node:path";
import { runTool, UsageError } from "../../lib/command-line.ts";
import { messageOf } from "../../lib/words.ts";
import data from "../../plan/prices/prices.json" with { type: "json" };
import { PRICED_REGIONS, type PriceId } from "../../plan/prices/prices.ts";
import { offerUrl, PLACES, priceIn, type OfferFile } from "./price-list.ts";
import { updated, type Table } from "./table.ts";

const HELP = `Writes AWS's list prices into the workbench's table, from AWS's public price list. It needs the network, and no account.

  npm run prices
`;

await runTool(async ([option]) => {
  if (option !== undefined)
    throw new UsageError(`${option} is not an option of prices: it has none.`);
  let table: Table = data;
  for (const region of PRICED_REGIONS)
    for (const [offer, rows] of Map.groupBy(Object.entries(PLACES), ([, place]) => place.offer)) {
      const url = offerUrl(offer, region);
      const file = await read(url);
      for (const [name] of rows) {
        const id = name as PriceId;
        const usd = priceIn(file, id);
        if (usd !== undefined) table = updated(table, { id, region, usd, offer, url });
        else process.stderr.write(`${id} in ${region} is not in the list: kept as it was\n`);
      }
    }
  const date = new Date().toISOString().slice(0, 10);
  const target = path.join(import.meta.dirname, "../../plan/prices/prices.json");
  await writeFile(target, `${JSON.stringify({ ...table, date }, null, 2)}\n`);
  process.stderr.write("Written. Look at the difference before you commit it.\n");
  return 0;
}, HELP);

async function read(url: string): Promise<OfferFile> {
  try {
    const response = await fetch(url);
    if (!response.ok) throw new Error(`answers ${response.status}`);
    return (await response.json()) as OfferFile;
  } catch (error) {
    throw new UsageError(`${url} could not be read, so nothing was written: ${messageOf(error)}.`);
  }
}
