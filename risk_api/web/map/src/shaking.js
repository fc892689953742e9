// The shaking of an earthquake: on the ground, or of each district, whose number stands in it, so that colour is not needed.
import { askOnce } from "./answers.js";
import { removeGroundMotion, showGroundMotion } from "./ground_motion.js";
import { swatch } from "./patterns.js";
import { element, number, say } from "./texts.js";

//: Lightness falls with intensity; no two neighbours are near each other for any kind of colour blindness.
const STEPS = [
  { low: 0, colour: "#fdf5d0", pattern: "open" },
  { low: 6, colour: "#f6d16c", pattern: "dots" },
  { low: 7, colour: "#e48f3b", pattern: "lines" },
  { low: 8, colour: "#b84a34", pattern: "cross" },
  { low: 9, colour: "#6a1839", pattern: "solid" },
];
const LAYERS = ["shaking-names", "shaking-pattern", "shaking"];

//: What of the shaking is shown by districts; every other measure is a layer of the shaking map.
const DISTRICTS = "districts";

export function removeShaking(map) {
  removeGroundMotion(map);
  for (const id of LAYERS) if (map.getLayer(id)) map.removeLayer(id);
  if (map.getSource("shaking")) map.removeSource("shaking");
  map.setLayoutProperty("district-names", "visibility", "visible");
}

// Returns its legend; null where it is wanted no more.
export function showShaking(map, settings, measure, isWanted) {
  const show = measure === DISTRICTS ? showDistricts : showGroundMotion;
  return show(map, settings, measure, isWanted);
}

async function showDistricts(map, settings, _, isWanted) {
  const { root, earthquake, language } = settings;
  const answer = await askOnce(`${root}/v1/seismic/exposure?scenario=${earthquake}&lang=${language}`);
  if (!isWanted()) return null;
  removeShaking(map);
  const features = answer.features.map(({ geometry, properties: { name, shaking } }) => ({
    type: "Feature",
    geometry,
    properties: { mmi: shaking.mmi.mid, label: say("shaking.label", { name, mmi: number(shaking.mmi.mid, 1) }) },
  }));
  map.addSource("shaking", { type: "geojson", data: { type: "FeatureCollection", features } });
  const [first, ...rest] = STEPS;
  const pick = (value) => ["step", ["get", "mmi"], value(first), ...rest.flatMap((step) => [step.low, value(step)])];
  const colour = pick((step) => step.colour);
  map.addLayer(
    { id: "shaking", type: "fill", source: "shaking", paint: { "fill-color": colour, "fill-opacity": 0.8 } },
    "districts",
  );
  const pattern = pick((step) => `pattern-${step.pattern}`);
  map.addLayer(
    { id: "shaking-pattern", type: "fill", source: "shaking", paint: { "fill-pattern": pattern, "fill-opacity": 0.35 } },
    "districts",
  );
  map.setLayoutProperty("district-names", "visibility", "none");
  map.addLayer({
    id: "shaking-names",
    type: "symbol",
    source: "shaking",
    layout: { "text-field": ["get", "label"], "text-font": ["Noto Sans"], "text-size": 14 },
    paint: { "text-halo-color": "#ffffff", "text-halo-width": 1.8, "text-color": "#16202a" },
  });
  return { rows: rows() };
}

function rows() {
  return STEPS.map(({ low, colour, pattern }, position) => {
    const high = STEPS[position + 1]?.low;
    const key = high === undefined ? "shaking.above" : "shaking.class";
    return element("li", {}, swatch(colour, pattern), say(key, { low, high }));
  });
}
