import { expect } from "chai";
import { dashboardPage } from "../../../src/review/dashboard/page.ts";
import { sample } from "../../../src/review/dashboard/sample.ts";
import { examplePlan, EXAMPLE } from "./example.ts";

describe("dashboardPage", () => {
  const page = dashboardPage(examplePlan(EXAMPLE));
  const widgets = [...page.matchAll(/<section class="(\w+)" style="([^"]+)">(.*?)<\/section>/gs)];

  it("puts every widget at its place in the grid of 24 columns, and beside the one before without one", () => {
    expect(widgets.map(([, type, place]) => `${type}: ${place}`)).to.deep.equal([
      "alarm: grid-column: 1 / span 24; grid-row: 1 / span 2",
      "text: grid-column: 1 / span 24; grid-row: 3 / span 1",
      "metric: grid-column: 1 / span 8; grid-row: 4 / span 6",
      "metric: grid-column: 9 / span 8; grid-row: 4 / span 6",
      "log: grid-column: span 24; grid-row: span 6",
    ]);
  });

  it("draws a line for each series that is shown, by its label or else its name, and limits", () => {
    const [, , errors, availability] = widgets.map(([, , , contents = ""]) => contents);

    expect(errors).to.contain("<h3>5xx &#38; 4xx</h3>");
    expect(errors?.match(/<polyline /g)).to.have.length(3);
    expect([...(errors ?? "").matchAll(/<\/span> ([^<]+)/g)].map(([, name]) => name)).to.deep.equal(
      [...["5xx", "HTTPCode_Target_4XX_Count", "HTTPCode_Target_3XX_Count"]],
    );
    expect(availability?.match(/<polyline /g)).to.have.length(1);
    expect(availability).to.contain("objective 99.9");
  });

  it("names alarms as the program does, headings, and the query of a log", () => {
    const [alarm, heading, , , log] = widgets.map(([, , , contents = ""]) => contents);

    expect(alarm).to.contain("<li>harm: OK</li>");
    expect(heading).to.equal("<h2>Objective</h2>");
    expect(log).to.contain("fields @message | filter level = &#34;error&#34;");
  });

  it("takes sample data that is the same for the same name, within the graph", () => {
    expect(sample("a", 0)).to.deep.equal(sample("a", 0));
    expect(sample("a", 0)).not.to.deep.equal(sample("b", 0));
    for (const value of sample("a", 9)) expect(value).to.be.within(0.1, 0.9);
  });

  it("says of a stack without a dashboard that it has none", () => {
    expect(() => dashboardPage(examplePlan())).to.throw("prod has no dashboard.");
  });
});
