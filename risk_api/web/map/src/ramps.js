// Colours of the tiles as the service tells them in a legend, made into what MapLibre paints with.
const CLEAR = "rgba(0,0,0,0)";
const EDGE = 0.01;
//: What `arrival-code` says of ground that is never reached.
const NEVER = 255;

// Codes are whole steps since the start of the flow. A ramp has to rise, so every class of it is a pair of stops, and
// nothing beyond the slider's minute is drawn.
export function arrivalRamp(classes, minute, step_s) {
  const last = Math.min(Math.floor((minute * 60) / step_s), NEVER - 1);
  const stops = [];
  let from = 0;
  for (const { high, colour } of classes) {
    const to = high === null ? last : Math.min(Math.ceil((high * 60) / step_s) - 1, last);
    if (to < from) continue;
    stops.push(from === 0 ? 0 : from - 0.5 + EDGE, colour, to + 0.5 - EDGE, colour);
    from = to + 1;
    if (to === last) break;
  }
  return ["interpolate", ["linear"], ["elevation"], ...stops, last + 0.5, CLEAR, NEVER + 1, CLEAR];
}
