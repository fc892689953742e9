// The legend on the map: always there, made from what is shown.
import { swatch } from "./patterns.js";
import { element, say } from "./texts.js";

function row(sign, text) {
  return element("li", {}, sign, text);
}

function line(kind) {
  return element("span", { class: `sign ${kind}`, "aria-hidden": "true" });
}

// An index can stand twice, drawn in two ways; what it means is said once.
function tileRows(legend, language) {
  const said = new Set();
  return legend.classes
    .filter((entry) => !said.has(entry[`name_${language}`]) && said.add(entry[`name_${language}`]))
    .map((entry) => row(swatch(entry.colour, entry.id === "within" ? "lines" : "open"), entry[`name_${language}`]));
}

// What is shown has no other name on paper.
function shakingTitle({ earthquake_name: name }) {
  const [measure] = document.getElementById("measure").selectedOptions;
  return element("li", { class: "shown" }, `${name}: ${measure.textContent}`);
}

export function showLegend(settings, layer, legend) {
  const rows = [];
  if (layer === "class") {
    for (const { colour, pattern, name } of settings.scheme.classes) rows.push(row(swatch(colour, pattern), name));
  } else if (legend) rows.push(...(legend.rows ?? tileRows(legend, settings.language)));
  if (layer === "shaking" && settings.earthquake) rows.unshift(shakingTitle(settings));
  if (layer === "shaking" && legend?.classes) rows.push(row(line("contour"), say("legend.contour")));
  if (layer === "arrival") rows.push(row(line("later"), say("legend.later")));
  rows.push(row(line("river"), say("legend.rivers")));
  rows.push(row(line("border"), say("legend.district")));
  rows.push(row(line("dam"), say("legend.dam")));
  document.getElementById("legend").replaceChildren(...rows);
}
