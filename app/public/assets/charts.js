const SVG = "http://www.w3.org/2000/svg";
const LEFT = 48;
const BOTTOM = 22;
const LABEL_WIDTH = 80;
const number = new Intl.NumberFormat();
const compact = new Intl.NumberFormat(undefined, { notation: "compact" });

/** Two series as lines, the first with an area, on one scale. */
export function lineChart(figure, labels, series) {
  draw(figure, labels, series, 220, ["first", "second"], (scale) => {
    const path = ({ values }) =>
      values.map((value, i) => `${i === 0 ? "M" : "L"}${scale.x(i)} ${scale.y(value)}`).join("");
    const [first] = series;
    const last = Math.max(0, labels.length - 1);
    const area = `${path(first)}L${scale.x(last)} ${scale.y(0)}L${scale.x(0)} ${scale.y(0)}Z`;
    const lines = series.map((one, i) =>
      svg("path", { class: `curve ${i === 0 ? "first" : "second"}`, d: path(one) }),
    );
    return [svg("path", { class: "area", d: area }), ...lines];
  });
}

/** One bar for each label; the second series lies over the first. */
export function barChart(figure, labels, series) {
  draw(figure, labels, series, 140, ["first", "bad"], (scale) => {
    const width = Math.max(1, scale.step * 0.7);
    return series.flatMap(({ values }, i) =>
      values.map((value, at) =>
        svg("rect", {
          class: i === 0 ? "bar-first" : "bar-second",
          x: scale.x(at) - width / 2,
          y: scale.y(value),
          width,
          height: Math.max(0, scale.y(0) - scale.y(value)),
        }),
      ),
    );
  });
}

/** A share from 0 to 1 as a bar; the text stands beside it. */
export function meter(share) {
  const root = svg("svg", {
    class: "meter",
    viewBox: "0 0 200 8",
    preserveAspectRatio: "none",
    "aria-hidden": "true",
  });
  root.append(
    svg("rect", { class: "rest", width: 200, height: 8 }),
    svg("rect", { class: "value", width: 200 * share, height: 8 }),
  );
  return root;
}

function draw(figure, labels, series, height, marks, shapes) {
  const { paddingLeft, paddingRight } = getComputedStyle(figure);
  const width = figure.clientWidth - parseFloat(paddingLeft) - parseFloat(paddingRight);
  const top = niceCeiling(Math.max(1, ...series.flatMap(({ values }) => values)));
  const inner = height - BOTTOM - 8;
  const step = (width - LEFT) / Math.max(1, labels.length);
  const scale = {
    step,
    x: (at) => round(LEFT + step * (at + 0.5)),
    y: (value) => round(8 + inner * (1 - value / top)),
  };
  const root = svg("svg", { viewBox: `0 0 ${width} ${height}`, role: "img" });
  root.append(text("title", summary(labels, series)));
  for (const part of [0, 0.5, 1]) {
    const y = scale.y(top * part);
    root.append(svg("line", { class: "grid", x1: LEFT, x2: width, y1: y, y2: y }));
    root.append(svgText(LEFT - 8, y + 4, compact.format(top * part), "end"));
  }
  const every = Math.max(1, Math.ceil((labels.length * LABEL_WIDTH) / width));
  labels.forEach((label, at) => {
    if (at % every === 0) root.append(svgText(scale.x(at), height - 4, label, "middle"));
  });
  root.append(...shapes(scale));
  const cursor = svg("line", { class: "cursor", y1: 8, y2: scale.y(0), visibility: "hidden" });
  root.append(cursor);
  const legend = document.createElement("figcaption");
  legend.className = "legend";
  const explain = (at) => {
    legend.replaceChildren(...legendItems(labels, series, marks, at));
  };
  explain(labels.length - 1);
  root.addEventListener("pointermove", (event) => {
    const { left } = root.getBoundingClientRect();
    const at = Math.floor((event.clientX - left - LEFT) / step);
    if (at < 0 || at >= labels.length) return;
    cursor.setAttribute("x1", scale.x(at));
    cursor.setAttribute("x2", scale.x(at));
    cursor.setAttribute("visibility", "visible");
    explain(at);
  });
  root.addEventListener("pointerleave", () => {
    cursor.setAttribute("visibility", "hidden");
    explain(labels.length - 1);
  });
  figure.replaceChildren(legend, root);
}

function legendItems(labels, series, marks, at) {
  const items = series.map(({ name, values }, i) => {
    const item = document.createElement("span");
    item.className = `mark-${marks[i]}`;
    const value = document.createElement("b");
    value.textContent = number.format(values[at] ?? 0);
    item.append(`${name} `, value);
    return item;
  });
  const when = document.createElement("span");
  when.textContent = labels[at] ?? "";
  return [when, ...items];
}

function summary(labels, series) {
  const sums = series.map(
    ({ name, values }) => `${name} at most ${number.format(Math.max(0, ...values))}`,
  );
  return `${labels[0] ?? ""} to ${labels.at(-1) ?? ""}: ${sums.join(", ")}`;
}

function niceCeiling(value) {
  const power = 10 ** Math.floor(Math.log10(value));
  const step = [1, 2, 4, 5, 10].find((one) => one * power >= value) ?? 10;
  return Math.max(2, step * power);
}

function round(value) {
  return Math.round(value * 10) / 10;
}

function svgText(x, y, content, anchor) {
  const made = text("text", content);
  for (const [key, value] of Object.entries({ class: "axis", x, y, "text-anchor": anchor }))
    made.setAttribute(key, value);
  return made;
}

function text(name, content) {
  const made = document.createElementNS(SVG, name);
  made.textContent = content;
  return made;
}

function svg(name, attributes) {
  const made = document.createElementNS(SVG, name);
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
  return made;
}
