// The shaking of the ground by the service's own map: classes as tiles, and lines with their numbers, so that colour is not needed.
import { askOnce } from "./answers.js";
import { tileSource } from "./tiles.js";
import { number } from "./texts.js";

const LAYERS = ["ground-motion-values", "ground-motion-lines", "ground-motion"];
const SOURCES = ["ground-motion-lines", "ground-motion"];

export function removeGroundMotion(map) {
  for (const id of LAYERS) if (map.getLayer(id)) map.removeLayer(id);
  for (const id of SOURCES) if (map.getSource(id)) map.removeSource(id);
}

// `measure`: a layer of the shaking map. The legend that comes back has the classes that this map holds.
export async function showGroundMotion(map, { root, earthquake, language }, measure, isWanted) {
  const base = `${root}/v1/seismic/shakemap/${earthquake}`;
  const [found, legend, lines] = await Promise.all([
    tileSource(`${base}/tiles/${measure}`),
    askOnce(`${base}/tiles/${measure}/legend.json`),
    askOnce(`${base}/contours?layer=${measure}&lang=${language}`),
  ]);
  if (!isWanted()) return null;
  removeGroundMotion(map);
  map.addSource("ground-motion", { type: "raster", ...found.source });
  map.addSource("ground-motion-lines", { type: "geojson", data: labelled(lines) });
  map.addLayer(
    { id: "ground-motion", type: "raster", source: "ground-motion",
      paint: { "raster-opacity": 0.75, "raster-resampling": "nearest", "raster-fade-duration": 0 } },
    "rivers",
  );
  map.addLayer(
    { id: "ground-motion-lines", type: "line", source: "ground-motion-lines",
      paint: { "line-color": "#16202a", "line-width": 1, "line-opacity": 0.7 } },
    "rivers",
  );
  map.addLayer(
    { id: "ground-motion-values", type: "symbol", source: "ground-motion-lines",
      layout: {
        "symbol-placement": "line", "symbol-spacing": 220, "text-padding": 1,
        "text-field": ["get", "label"], "text-font": ["Noto Sans"], "text-size": 13,
      },
      paint: { "text-color": "#16202a", "text-halo-color": "#ffffff", "text-halo-width": 2 } },
    "dams",
  );
  return { ...legend, classes: legend.classes.filter(holds(lines)) };
}

const decimals = (value) => (String(value).split(".")[1] ?? "").length;

function labelled({ features }) {
  return {
    type: "FeatureCollection",
    features: features.map(({ geometry, properties: { value } }) => ({
      type: "Feature",
      geometry,
      properties: { label: number(value, decimals(value)) },
    })),
  };
}

function holds({ lowest, highest }) {
  return ({ low, high }) => (low ?? -Infinity) <= highest && (high ?? Infinity) >= lowest;
}
