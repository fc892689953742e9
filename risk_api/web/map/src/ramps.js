// When the ground is reached, in classes of minutes: dark is early. Lightness rises steadily, so that it reads without
// colour; nothing beyond the slider's minute is drawn.
export const ARRIVAL = [
  { until_min: 15, colour: "#2d004b" },
  { until_min: 30, colour: "#542788" },
  { until_min: 60, colour: "#8073ac" },
  { until_min: 120, colour: "#b2abd2" },
  { until_min: Infinity, colour: "#e2e0f0" },
];

const CLEAR = "rgba(0,0,0,0)";
const EDGE = 0.01;

// Codes are whole steps since the start of the flow; a ramp has to rise, so every step of it is a steep pair.
export function arrivalRamp(minute, step_s) {
  const last = Math.floor((minute * 60) / step_s);
  const stops = [];
  let from = 0;
  for (const { until_min, colour } of ARRIVAL) {
    const to = Math.min(Math.ceil((until_min * 60) / step_s) - 1, last);
    if (to < from) break;
    stops.push(from === 0 ? 0 : from - 0.5 + EDGE, colour, to + 0.5 - EDGE, colour);
    from = to + 1;
    if (to === last) break;
  }
  return ["interpolate", ["linear"], ["elevation"], ...stops, last + 0.5, CLEAR, 256, CLEAR];
}
