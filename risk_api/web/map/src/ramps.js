// Colours of the tiles as the service tells them in a legend, made into what MapLibre paints with.
const CLEAR = "rgba(0,0,0,0)";
//: What `arrival-code` says of ground that is never reached.
const NEVER = 255;

// Codes are whole steps since the start of the flow. Stops are whole numbers too: MapLibre packs them into the bytes of
// the tile's encoding, where a fraction is rounded away and 256 would be 0. Nothing beyond the slider's minute is drawn.
export function arrivalRamp(classes, minute, step_s) {
  const last = Math.min(Math.floor((minute * 60) / step_s), NEVER - 1);
  const stops = [];
  let from = 0;
  for (const { high, colour } of classes) {
    const to = high === null ? last : Math.min(Math.ceil((high * 60) / step_s) - 1, last);
    if (to < from) continue;
    stops.push(from, colour);
    if (to > from) stops.push(to, colour);
    from = to + 1;
    if (to === last) break;
  }
  stops.push(last + 1, CLEAR);
  if (last + 1 < NEVER) stops.push(NEVER, CLEAR);
  return ["interpolate", ["linear"], ["elevation"], ...stops];
}
