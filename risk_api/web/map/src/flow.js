// The flow of one run on one map: by hazard class, by depth, by arrival, or the difference of two runs.
import { askOnce } from "./answers.js";
import { addresses } from "./flow_addresses.js";
import { arrivalRamp } from "./ramps.js";
import { tileSource } from "./tiles.js";

const BELOW = "districts";
export { addresses };
const parts = ["flow", "flow-pattern", "flow-shadow"];
const sources = ["flow", "flow-ends"];
//: Ground that is reached by the end: paler classes of arrival are seen on it, and what is still to come.
const SHADOW = "#5f6b76";

export function removeFlow(map) {
  for (const id of parts) if (map.getLayer(id)) map.removeLayer(id);
  for (const id of sources) if (map.getSource(id)) map.removeSource(id);
}

export async function showClasses(map, settings, run, isWanted) {
  const data = await askOnce(addresses.footprint(settings, run));
  if (!isWanted()) return;
  removeFlow(map);
  const { classes } = settings.scheme;
  const pick = (value) => ["match", ["get", "class"], ...classes.flatMap((entry) => [entry.id, value(entry)])];
  map.addSource("flow", { type: "geojson", data });
  map.addLayer(
    { id: "flow", type: "fill", source: "flow",
      paint: { "fill-color": [...pick((entry) => entry.colour), "#000000"], "fill-opacity": 0.8 } },
    BELOW,
  );
  map.addLayer(
    { id: "flow-pattern", type: "fill", source: "flow",
      paint: { "fill-pattern": [...pick((entry) => `pattern-${entry.pattern}`), "pattern-open"] } },
    BELOW,
  );
}

export async function showTiles(map, address, isWanted) {
  const found = await tileSource(address);
  if (!isWanted()) return null;
  removeFlow(map);
  map.addSource("flow", { type: "raster", ...found.source });
  map.addLayer(
    { id: "flow", type: "raster", source: "flow",
      paint: { "raster-opacity": 0.85, "raster-resampling": "nearest", "raster-fade-duration": 0 } },
    BELOW,
  );
  return found.rest;
}

export async function showArrival(map, settings, run, minute, isWanted) {
  const address = addresses.tiles(settings, run, "arrival-code");
  const footprint = askOnce(addresses.footprint(settings, run));
  const [found, legend, ends] = await Promise.all([tileSource(address), arrivalLegend(settings, run), footprint]);
  if (!isWanted()) return null;
  removeFlow(map);
  const scale = { step_s: found.rest.encoding.step_s, classes: legend.classes };
  map.addSource("flow", {
    type: "raster-dem", ...found.source,
    encoding: "custom", redFactor: 1, greenFactor: 0, blueFactor: 0, baseShift: 0,
  });
  map.addSource("flow-ends", { type: "geojson", data: ends });
  map.addLayer(
    { id: "flow-shadow", type: "fill", source: "flow-ends",
      paint: { "fill-color": SHADOW, "fill-opacity": 0.45, "fill-antialias": false } },
    BELOW,
  );
  const ramp = arrivalRamp(scale.classes, minute, scale.step_s);
  map.addLayer(
    { id: "flow", type: "color-relief", source: "flow",
      paint: { resampling: "nearest", "color-relief-opacity": 0.85, "color-relief-color": ramp } },
    BELOW,
  );
  return { scale, legend };
}

export function arrivalLegend(settings, run) {
  return askOnce(`${addresses.tiles(settings, run, "arrival")}/legend.json`);
}

// Two runs may count in steps of different length.
export function showMinute(map, minute, scale) {
  if (!scale || map.getLayer("flow")?.type !== "color-relief") return;
  const ramp = arrivalRamp(scale.classes, minute, scale.step_s);
  drawOnce(map, () => map.setPaintProperty("flow", "color-relief-color", ramp, { validate: false }));
}

// A change of style tells the map, once it is drawn, that the style has changed, which has all drawn a second time. Nothing
// here listens to that, so while it is drawn the style has nobody to tell: a step of the slider costs half.
function drawOnce(map, change) {
  const { style } = map;
  style.setEventedParent(null);
  try {
    change();
    map.redraw();
  } finally {
    style.setEventedParent(map, { style });
  }
}

export async function addGround(map, root) {
  const found = await tileSource(`${root}/v1/base/tiles/hillshade`);
  map.addSource("ground", { type: "raster", ...found.source });
  map.addLayer({ id: "ground", type: "raster", source: "ground", paint: { "raster-opacity": 0.6, "raster-fade-duration": 0 } }, "district-area");
}

// Where the flow went, so that the map opens on it; nothing where no run is made yet.
export async function flowBounds(settings) {
  const boxes = [];
  for (const { run } of settings.sides) {
    if (run) boxes.push(...(await askOnce(addresses.footprint(settings, run))).features.map(({ geometry }) => box(geometry)));
  }
  if (boxes.length === 0) return null;
  const edge = (pick, position) => pick(...boxes.map((found) => found[position]));
  return [edge(Math.min, 0), edge(Math.min, 1), edge(Math.max, 2), edge(Math.max, 3)];
}

export function box(geometry) {
  let [west, south, east, north] = [180, 90, -180, -90];
  const walk = (part) => {
    if (typeof part[0] === "number") {
      [west, south] = [Math.min(west, part[0]), Math.min(south, part[1])];
      [east, north] = [Math.max(east, part[0]), Math.max(north, part[1])];
    } else part.forEach(walk);
  };
  walk(geometry.coordinates);
  return [west, south, east, north];
}
