// A point of the map, or a name: what comes there, when, how deep, by the service's own answer.
import { ask, askOnce, Refused } from "./answers.js";
import { box } from "./flow.js";
import { Latest } from "./latest.js";
import { element, number, say, wholeMinutes } from "./texts.js";

const asked = new Latest();

// What stands under the map is of the newest question, whichever answer comes last.
function fill(...parts) {
  document.getElementById("place").replaceChildren(...parts);
}

function cells(found, classes) {
  if (!found) return [say("place.missing"), "", ""];
  if (!found.reached) return [say("place.dry"), number(found.depth_max_m, 1), ""];
  return [wholeMinutes(found.arrival_s), number(found.depth_max_m, 1), classes[found.class] ?? ""];
}

function table(document_, settings) {
  const heads = ["strategy", "arrival", "depth", "class", "run"].map((key) =>
    element("th", { scope: "col" }, say(`place.${key}`)),
  );
  const rows = settings.sides.map((side) => {
    const found = document_.runs[side.run] ?? null;
    const run = found?.run_id ?? null;
    return element(
      "tr", {},
      element("th", { scope: "row" }, side.name),
      ...cells(found, document_.scheme.classes).map((text) => element("td", {}, text)),
      element("td", {}, run ? element("a", { class: "run", href: `${settings.root}/v1/runs/${run}` }, run) : ""),
    );
  });
  return element("table", {}, element("thead", {}, element("tr", {}, ...heads)), element("tbody", {}, ...rows));
}

function said(key, named) {
  return named ? element("p", {}, say(key, { name: named.name })) : null;
}

export function clearPlace() {
  asked.next();
  fill();
}

export async function showPlace(settings, lon, lat, title) {
  const signal = asked.next();
  const where = { lat: lat.toFixed(4), lon: lon.toFixed(4) };
  const query = new URLSearchParams({ ...where, lang: settings.language, scheme: settings.scheme.id });
  // What is drawn, whatever it is: a preview, a drawn dam, dams that were shaken.
  const runs = new Set(settings.sides.map(({ run }) => run).filter(Boolean));
  if (runs.size > 0) query.set("runs", [...runs].join(","));
  try {
    const answer = await (await ask(`${settings.root}/v1/locate?${query}`, { signal })).json();
    if (signal.aborted) return;
    fill(
      element("h3", {}, title ?? say("place.heading", where)),
      ...[said("place.district", answer.district), said("place.gorge", answer.gorge)].filter(Boolean),
      answer.note ? element("p", { class: "note" }, answer.note) : "",
      table(answer, settings),
    );
  } catch (error) {
    if (signal.aborted) return;
    if (!(error instanceof Refused)) throw error;
    fill(element("p", { class: "failed" }, error.message));
  }
}

export function showNothing(text) {
  asked.next();
  fill(say("find.nothing", { text }));
}

export function showDam(settings, { id, properties: { state, capacity_m3: capacity, name } }) {
  asked.next();
  fill(
    element("h3", {}, element("a", { href: `${settings.root}/dams/${id}?lang=${settings.language}` }, name)),
    element("p", {}, [state.text, state.since].filter(Boolean).join(", ")),
    capacity ? element("p", {}, say("dam.holds", { volume: number(capacity.value / 1000) })) : "",
    state.source ? element("p", { class: "note", lang: "en" }, state.source) : "",
  );
}

// Two numbers are a latitude and a longitude, in either order where only one of the two can be inside the region.
function coordinates(text, [west, south, east, north]) {
  const found = text.match(/^\s*(-?\d+(?:[.]\d+)?)\s*[,; ]\s*(-?\d+(?:[.]\d+)?)\s*$/);
  if (!found) return null;
  const [a, b] = [Number(found[1]), Number(found[2])];
  const inside = (lon, lat) => lon >= west && lon <= east && lat >= south && lat <= north;
  return inside(a, b) && !inside(b, a) ? { lon: a, lat: b } : { lon: b, lat: a };
}

function middle(geometry) {
  const [west, south, east, north] = box(geometry);
  return { lon: (west + east) / 2, lat: (south + north) / 2 };
}

export async function listPlaces(settings, layers) {
  const named = [];
  for (const layer of layers) {
    const { features } = await askOnce(`${settings.root}/v1/${layer}?lang=${settings.language}`);
    named.push(...features.filter(({ geometry }) => geometry).map((feature) => ({ layer, feature })));
  }
  document
    .getElementById("places")
    .replaceChildren(...named.map(({ feature }) => element("option", { value: feature.properties.name })));
  return named;
}

export function findPlace(text, settings, named) {
  const typed = coordinates(text, settings.limits);
  if (typed) return typed;
  const wanted = text.trim().toLocaleLowerCase();
  if (!wanted) return null;
  const names = ({ properties }) =>
    ["name", "name_kk", "name_ru", "name_en"].map((key) => String(properties[key] ?? "").toLocaleLowerCase());
  const hit =
    named.find(({ feature }) => names(feature).includes(wanted)) ??
    named.find(({ feature }) => names(feature).some((name) => name.includes(wanted)));
  return hit ? { ...middle(hit.feature.geometry), ...hit } : null;
}
