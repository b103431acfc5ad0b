import { barChart, lineChart, meter } from "./charts.js";

const REFRESH_MILLISECONDS = 60_000;
const controls = document.querySelector("#controls");
const keyForm = document.querySelector("#key");
const problem = document.querySelector("#problem");
const main = document.querySelector("main");
const number = new Intl.NumberFormat();
const percent = new Intl.NumberFormat(undefined, { style: "percent", maximumFractionDigits: 1 });

/** The API refused for want of a key. */
class KeyNeeded extends Error {}

controls.addEventListener("change", () => void show());
keyForm.addEventListener("submit", (event) => {
  event.preventDefault();
  sessionStorage.setItem("apiKey", new FormData(keyForm).get("key"));
  keyForm.reset();
  void show();
});
setInterval(() => {
  if (!document.hidden) void show();
}, REFRESH_MILLISECONDS);
let redraw = () => undefined;
addEventListener("resize", () => redraw());
void show();

async function show() {
  main.setAttribute("aria-busy", "true");
  try {
    const days = Number(new FormData(controls).get("range"));
    const span = { from: utcDay(Date.now() - (days - 1) * 86_400_000), to: utcDay(Date.now()) };
    const [kpis, activity, features] = await Promise.all([
      get("/v1/kpis", {}),
      get("/v1/activity", span),
      get("/v1/features", { ...span, limit: 20 }),
    ]);
    showKpis(kpis);
    redraw = () => showActivity(activity);
    redraw();
    showFeatures(features, kpis);
    problem.hidden = keyForm.hidden = true;
  } catch (error) {
    keyForm.hidden = !(error instanceof KeyNeeded);
    problem.hidden = error instanceof KeyNeeded;
    problem.textContent = error.message;
  }
  main.setAttribute("aria-busy", "false");
}

async function get(path, parameters) {
  const key = sessionStorage.getItem("apiKey");
  const headers = key === null ? {} : { "X-Api-Key": key };
  const response = await fetch(`${path}?${new URLSearchParams(parameters)}`, { headers });
  if (response.ok) return response.json();
  if (response.status === 401) {
    sessionStorage.removeItem("apiKey");
    throw new KeyNeeded("An API key is needed.");
  }
  const { detail, requestId } = await response.json();
  throw new Error(`${detail} (request ${requestId})`);
}

function showKpis(kpis) {
  text("#kpis-note", `${kpis.date}, UTC`);
  const users = ({ users: now, previous }) => [number.format(now), change(now, previous)];
  const cards = [
    ["Users, day", ...users(kpis.dailyActiveUsers)],
    ["Users, 7 days", ...users(kpis.weeklyActiveUsers)],
    ["Users, 30 days", ...users(kpis.monthlyActiveUsers)],
    ["Stickiness", share(kpis.stickiness), "of monthly users come daily"],
    ["Error share", share(kpis.errorShare), `${number.format(kpis.monthlyErrors)} errors`],
    ["Events, 30 days", number.format(kpis.monthlyEvents), "all features"],
  ];
  document
    .querySelector("#kpis")
    .replaceChildren(
      ...cards.map(([title, value, note]) =>
        element("div", {}, [
          element("dt", {}, [title]),
          element("dd", {}, [value]),
          element("dd", {}, [note]),
        ]),
      ),
    );
}

function showActivity({ from, to, totals, points }) {
  text("#activity-note", `${from} to ${to}, UTC`);
  text("#events-note", `${number.format(totals.events)} in the range`);
  const labels = points.map(({ start }) => start.slice(5, 10));
  lineChart(document.querySelector("#users"), labels, [
    { name: "active users", values: points.map((point) => point.activeUsers) },
  ]);
  barChart(document.querySelector("#events"), labels, [
    { name: "events", values: points.map((point) => point.events) },
    { name: "errors", values: points.map((point) => point.errors) },
  ]);
}

function showFeatures({ features, count, previousRange }, { adoption }) {
  const compared = `compared with ${previousRange.from} to ${previousRange.to}`;
  const shown = features.length < count ? `${features.length} of ${count}, ` : "";
  text("#features-note", `${shown}${compared}`);
  const adopted = new Map(adoption.map(({ feature, share: part }) => [feature, part]));
  const rows = features.map((use) =>
    element("tr", {}, [
      element("th", { scope: "row" }, [use.feature]),
      element("td", {}, [
        element("div", { class: "share" }, [
          meter(use.share),
          element("span", {}, [percent.format(use.share)]),
        ]),
      ]),
      element("td", { class: "number" }, [number.format(use.events)]),
      element("td", { class: "number" }, [number.format(use.activeUsers)]),
      element("td", { class: "number" }, [share(adopted.get(use.feature) ?? null)]),
      element("td", { class: "number" }, [use.trend === null ? "new" : signed(use.trend)]),
    ]),
  );
  const none = element("tr", {}, [
    element("td", { colspan: "6" }, ["No feature was used in this range."]),
  ]);
  document.querySelector("#features tbody").replaceChildren(...(rows.length === 0 ? [none] : rows));
}

function change(now, previous) {
  return previous === 0 ? "none before" : signed(now / previous - 1, " on the one before");
}

function signed(ratio, suffix = "") {
  const sign = ratio > 0 ? "+" : ratio < 0 ? "−" : "±";
  const direction = ratio > 0 ? "up" : ratio < 0 ? "down" : "";
  return element("span", { class: direction }, [
    `${sign}${percent.format(Math.abs(ratio))}${suffix}`,
  ]);
}

function share(value) {
  return value === null ? "–" : percent.format(value);
}

function utcDay(time) {
  return new Date(time).toISOString().slice(0, 10);
}

function text(selector, value) {
  document.querySelector(selector).textContent = value;
}

function element(name, attributes, children) {
  const made = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
  made.append(...children);
  return made;
}
