// A map of the internet under the flow, where the operator named one and the reader switches it on.
import { tell, withdraw } from "./state.js";
import { now } from "./settings.js";

const SOURCE = "online";
const byId = (id) => document.getElementById(id);

function put(map) {
  if (map.getSource(SOURCE)) return;
  map.addSource(SOURCE, { type: "raster", tiles: [now().online.tiles], tileSize: 256, maxzoom: 18 });
  map.addLayer({ id: SOURCE, type: "raster", source: SOURCE, paint: { "raster-fade-duration": 0 } }, "district-area");
}

function take(map) {
  if (map.getLayer(SOURCE)) map.removeLayer(SOURCE);
  if (map.getSource(SOURCE)) map.removeSource(SOURCE);
}

export class OnlineBase {
  constructor(pair) {
    this.pair = pair;
    byId("online")?.addEventListener("change", ({ target }) => {
      withdraw("online");
      this.show(target.checked);
    });
  }

  show(on) {
    byId("online").checked = on;
    byId("online-credit").hidden = !on;
    byId("online-credit").textContent = now().online.credit;
    this.pair.each(on ? put : take);
  }

  // Whether what went wrong was the online map: then the service's own relief is there again, which lies below it.
  failed(sourceId) {
    if (sourceId !== SOURCE) return false;
    this.show(false);
    tell("online", "online.gone");
    return true;
  }
}
