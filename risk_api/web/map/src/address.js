// What the reader has set on the map stands in the address after the #, so that a link shows the same.
const NAMES = ["layer", "swipe", "time", "at"];

export function readAddress() {
  const given = new URLSearchParams(location.hash.slice(1));
  const [zoom, lat, lon] = (given.get("at") ?? "").split("/").map(Number);
  const share = Number(given.get("swipe") ?? NaN);
  const minute = Number(given.get("time") ?? NaN);
  return {
    simulation: /^[0-9a-f]+$/.test(given.get("simulation") ?? "") ? given.get("simulation") : null,
    layer: ["class", "depth", "arrival", "difference", "shaking"].includes(given.get("layer")) ? given.get("layer") : null,
    shaken: /^[0-9a-f]+[.][0-9a-f]+[.][01]$/.test(given.get("shaken") ?? "") ? given.get("shaken") : null,
    measure: given.get("measure"),
    share: share >= 0 && share <= 100 ? share : null,
    minute: minute >= 0 ? minute : null,
    view: [zoom, lat, lon].every(Number.isFinite) && given.has("at") ? { zoom, center: [lon, lat] } : null,
  };
}

export function writeAddress({ layer, measure, share, minute, simulation, shaken, map }) {
  const { lng, lat } = map.getCenter();
  const values = [layer, share, minute, `${map.getZoom().toFixed(2)}/${lat.toFixed(4)}/${lng.toFixed(4)}`];
  const hash = new URLSearchParams(NAMES.map((name, position) => [name, String(values[position])]));
  if (layer === "shaking") hash.set("measure", measure);
  if (simulation) hash.set("simulation", simulation);
  if (shaken) hash.set("shaken", shaken);
  history.replaceState(history.state, "", `${location.pathname}${location.search}#${hash.toString().replaceAll("%2F", "/")}`);
}
