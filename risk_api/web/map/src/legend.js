// The legend on the map: always there, made from what is shown.
import { swatch } from "./patterns.js";
import { ARRIVAL } from "./ramps.js";
import { element, number, say } from "./texts.js";

function row(sign, text) {
  return element("li", {}, sign, text);
}

function line(kind) {
  return element("span", { class: `sign ${kind}`, "aria-hidden": "true" });
}

function minutes({ until_min }, position) {
  const from = position === 0 ? 0 : ARRIVAL[position - 1].until_min;
  const span = until_min === Infinity ? `${number(from)} +` : `${number(from)}\u2013${number(until_min)}`;
  return say("time.text", { minutes: span });
}

function tileRows(legend, language) {
  return legend.classes
    .filter((entry) => entry.index !== 0 && entry.colour)
    .map((entry) => row(swatch(entry.colour), entry[`name_${language}`] ?? entry.names?.[language] ?? entry.name));
}

export function showLegend(settings, layer, legend) {
  const rows = [];
  if (layer === "class") {
    for (const { colour, pattern, name } of settings.scheme.classes) rows.push(row(swatch(colour, pattern), name));
  } else if (layer === "arrival") {
    for (const [position, entry] of ARRIVAL.entries()) rows.push(row(swatch(entry.colour), minutes(entry, position)));
    rows.push(row(line("none"), say("legend.not_reached")));
  } else if (legend) {
    rows.push(...tileRows(legend, settings.language));
    if (legend.tolerance_m !== undefined) {
      rows.push(row(line("none"), say("legend.tolerance", { metres: number(legend.tolerance_m, 1) })));
    }
  }
  rows.push(row(line("river"), say("legend.rivers")));
  rows.push(row(line("border"), say("legend.district")));
  rows.push(row(line("dam"), say("legend.dam")));
  document.getElementById("legend").replaceChildren(...rows);
}
