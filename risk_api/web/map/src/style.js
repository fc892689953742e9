// What both maps show, apart from the flow itself: ground, rivers, districts, dams, the place that was asked for.
import { PATTERNS, patternImage } from "./patterns.js";

const FONT = ["Noto Sans"];
const halo = { "text-halo-color": "#ffffff", "text-halo-width": 1.6, "text-color": "#16202a" };
const empty = { type: "FeatureCollection", features: [] };

export function emptyStyle() {
  return {
    version: 8,
    transition: { duration: 0, delay: 0 },
    sources: {
      rivers: { type: "geojson", data: empty },
      districts: { type: "geojson", data: empty, promoteId: "key" },
      dams: { type: "geojson", data: empty },
      place: { type: "geojson", data: empty },
      drawn: { type: "geojson", data: empty },
    },
    layers: [
      { id: "background", type: "background", paint: { "background-color": "#e9ecea" } },
      { id: "district-area", type: "fill", source: "districts", paint: { "fill-opacity": 0 } },
      {
        id: "rivers",
        type: "line",
        source: "rivers",
        paint: { "line-color": "#3f83b5", "line-width": ["interpolate", ["linear"], ["zoom"], 9, 1, 14, 2.5] },
      },
      {
        id: "district-chosen",
        type: "line",
        source: "districts",
        paint: {
          "line-color": "#f0a500",
          "line-width": ["case", ["boolean", ["feature-state", "chosen"], false], 6, 0],
        },
      },
      {
        id: "districts",
        type: "line",
        source: "districts",
        paint: { "line-color": "#3c4650", "line-width": 1.2, "line-dasharray": [4, 2] },
      },
      {
        id: "drawn",
        type: "line",
        source: "drawn",
        paint: { "line-color": "#16202a", "line-width": 5 },
      },
      {
        id: "drawn-ends",
        type: "circle",
        source: "drawn",
        paint: {
          "circle-radius": 5,
          "circle-color": "#ffffff",
          "circle-stroke-color": "#16202a",
          "circle-stroke-width": 2,
        },
      },
      {
        id: "dams",
        type: "symbol",
        source: "dams",
        layout: {
          "icon-image": ["get", "sign"],
          "icon-allow-overlap": true,
          "text-field": ["get", "name"],
          "text-font": FONT,
          "text-size": 12,
          "text-offset": [0, 1],
          "text-anchor": "top",
          "text-optional": true,
        },
        paint: halo,
      },
      {
        id: "district-names",
        type: "symbol",
        source: "districts",
        layout: { "text-field": ["get", "name"], "text-font": FONT, "text-size": 14, "text-max-width": 8 },
        paint: halo,
      },
      {
        id: "place",
        type: "circle",
        source: "place",
        paint: {
          "circle-radius": 8,
          "circle-color": "rgba(255,255,255,.4)",
          "circle-stroke-color": "#16202a",
          "circle-stroke-width": 3,
        },
      },
    ],
  };
}

// A standing dam is a filled square, an absent one an empty square, one that can fail or fails a crossed one.
function damSign(kind) {
  const size = 18;
  const canvas = document.createElement("canvas");
  canvas.width = canvas.height = size;
  const context = canvas.getContext("2d");
  context.fillStyle = kind === "standing" ? "#16202a" : "#ffffff";
  context.strokeStyle = "#16202a";
  context.lineWidth = 3;
  context.fillRect(3, 3, size - 6, size - 6);
  context.strokeRect(3, 3, size - 6, size - 6);
  if (kind === "partly") {
    context.beginPath();
    context.moveTo(4, size - 4);
    context.lineTo(size - 4, 4);
    context.stroke();
  }
  return context.getImageData(0, 0, size, size);
}

const STATES = { "in service": "standing", absent: "absent", breached: "absent" };

export function damKind(state) {
  return STATES[state] ?? "partly";
}

export function addImages(map) {
  for (const name of PATTERNS) map.addImage(`pattern-${name}`, patternImage(name));
  for (const kind of ["standing", "partly", "absent"]) map.addImage(`dam-${kind}`, damSign(kind), { pixelRatio: 1 });
}
