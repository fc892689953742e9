// The map beside the table. Whatever goes wrong here, the table stays as the server wrote it.
import { readAddress, writeAddress } from "./address.js";
import { askOnce, Refused } from "./answers.js";
import { addGround, flowBounds } from "./flow.js";
import { Flows, missing } from "./flows.js";
import { Latest } from "./latest.js";
import { watchTiles } from "./lost_tiles.js";
import { awaitServer, watchServer, whenBack } from "./navigate.js";
import { OnlineBase } from "./online.js";
import { canDraw, Pair } from "./pair.js";
import { drawForPaper } from "./paper.js";
import { clearPlace, findPlace, listPlaces, showDam, showNothing, showPlace } from "./place.js";
import { now, take } from "./settings.js";
import { damKind } from "./style.js";
import { number, say } from "./texts.js";
import { TimeSlider } from "./time.js";
import { WhatIf } from "./what_if.js";

const CLICK_PX = 6;
const PLACE_ZOOM = 12;
// The flow lies in the middle of the map when it opens: the handle stands beside it.
const OPENS_AT = 62;
const PARTS = ["map-tools", "maps", "map-sliders", "map-find", "under-map"];
const byId = (id) => document.getElementById(id);
const gone = () => watchServer(now().root);

// A map that is yet to be opened; null where the browser cannot draw one, then the page says so.
export function openMap() {
  if (!canDraw()) {
    byId("map-waiting").textContent = say("no_webgl");
    return null;
  }
  byId("map-waiting").hidden = true;
  for (const id of PARTS) byId(id).hidden = false;
  return new MapView();
}

class MapView {
  #framing = new Latest();
  #simulation = null;
  #shaken = null;
  #whatIf = null;
  #district = null;
  #named = null;
  #isUnframed = false;
  #leftIsMade = null;
  #leftMade = new Promise((resolve) => {
    this.#leftIsMade = resolve;
  });

  constructor() {
    this.given = readAddress();
    this.pair = new Pair(now().files);
    this.time = new TimeSlider({
      moved: (minute) => this.flows?.minute(minute),
      shown: () => this.flows.layer === "arrival",
      show: () => this.flows.show("arrival"),
      chosen: () => this.remember(),
    });
    this.time.minute = this.given.minute;
    this.flows = new Flows(this.pair, this.time, this.given.layer ?? "class", this.given.measure);
    this.swipe(this.given.share ?? OPENS_AT);
    this.nameSides();
    this.time.span(now().last_minute);
    this.wire();
  }

  async open() {
    const found = this.flows.show();
    const bounds = this.given.view ? null : await flowBounds(now()).catch(() => null);
    const view = this.given.view ?? { bounds: bounds ?? now().bounds, fitBoundsOptions: { padding: 20 } };
    await found;
    const online = new OnlineBase(this.pair);
    await this.pair.open(view, (map, side) => this.furnish(map, side), ({ error, sourceId }) => {
      if (online.failed(sourceId)) return;
      if (error?.status) missing(sourceId === "ground" ? "ground" : "flow", new Refused(error.status, error.message));
    });
    const isDrawn = (address) => this.pair.draws(address);
    watchTiles(now().root, isDrawn, (kind, status) => missing(kind, new Refused(status, "")));
    this.pair.maps[0].on("moveend", () => this.remember());
    this.#whatIf = new WhatIf({
      settings: now,
      each: (action) => this.pair.each(action),
      gone,
      goneUntilBack: () => awaitServer(now().root),
      whenBack,
      compare: (sides, simulation) => this.compare(sides, simulation),
      shareLink,
    });
    document.documentElement.dataset.map = "ready";
    this.flows.drawn();
    this.places();
    if (this.given.shaken) await this.shaken(this.given.shaken);
    if (this.given.simulation) await this.#whatIf.open(`${now().root}/v1/simulations/${this.given.simulation}`);
  }

  wire() {
    byId("swipe").addEventListener("input", (event) => this.swipe(Number(event.target.value)));
    byId("swipe").addEventListener("change", () => this.remember());
    for (const radio of document.querySelectorAll('input[name="layer"]')) {
      radio.addEventListener("change", () => this.flows.show(radio.value).then(() => this.remember()));
    }
    byId("measure").addEventListener("change", () => this.flows.show("shaking").then(() => this.remember()));
    byId("find").addEventListener("submit", (event) => {
      event.preventDefault();
      this.find(byId("find-text").value);
    });
    const pointed = (event) => {
      const row = event.target.closest?.("tr[data-district]");
      if (row && row.dataset.district !== this.#district) this.choose(row.dataset.district);
    };
    const main = document.querySelector("main");
    main.addEventListener("click", (event) => {
      const link = event.target.closest?.("a[data-layer]");
      if (!link) return;
      event.preventDefault();
      this.flows.show(link.dataset.layer).then(() => this.remember());
      byId("maps").scrollIntoView({ block: "center" });
      this.pair.maps[0]?.getCanvas().focus({ preventScroll: true });
    });
    main.addEventListener("pointerover", pointed);
    main.addEventListener("focusin", pointed);
    addEventListener("beforeprint", () => drawForPaper(this.pair.shown(), this.pair.share, byId("paper")));
  }

  // The server's page is another: its runs, names and minutes take the place of what is drawn, or is about to be.
  async question(before, options) {
    const signal = this.#framing.next();
    this.time.stop();
    this.#simulation = null;
    this.#shaken = null;
    this.nameSides();
    if (before.last_minute !== now().last_minute) this.time.minute = null;
    this.time.span(now().last_minute);
    clearPlace();
    if (options?.push !== false) this.given.simulation = this.given.shaken = null;
    // Another scenario flows elsewhere; and a flow that has just been computed is to be seen.
    const stays = before.scenario.id === now().scenario.id && before.sides.some(({ run }) => run);
    this.#isUnframed ||= !stays;
    await this.flows.show();
    const where = this.#isUnframed ? await flowBounds(now()).catch(() => null) : null;
    await this.#leftMade;
    if (signal.aborted) return;
    this.#isUnframed = false;
    if (where) this.pair.maps[0].fitBounds(where, { padding: 30, animate: false });
    if (options?.push !== false) this.remember();
  }

  // The answer of a drawn dam takes the place of the two strategies until another question is asked.
  compare(sides, simulation, shaken = null) {
    this.time.stop();
    take({ ...now(), sides });
    this.#simulation = simulation;
    this.#shaken = shaken;
    this.nameSides();
    this.remember();
    return this.flows.show();
  }

  // The mudflow of a chain with the dams as they stood and as the earthquake leaves them: two runs, and which strategy of
  // the pair it is, with points between.
  shaken(runs) {
    const [sound, shaken, position] = runs.split(".");
    const { name: strategy } = now().sides[Number(position)];
    const side = (id, run) => ({ id, name: say(`chain.${id}`, { strategy }), run });
    return this.compare([side("sound", sound), side("shaken", shaken)], null, runs);
  }

  remember() {
    const [map] = this.pair.maps;
    if (!map) return;
    const { share } = this.pair;
    writeAddress({
      layer: this.flows.layer, measure: byId("measure").value,
      share, minute: this.time.minute, simulation: this.#simulation, shaken: this.#shaken, map,
    });
  }

  nameSides() {
    now().sides.forEach((side, position) => {
      byId(position ? "name-right" : "name-left").textContent = side.name;
    });
    this.swipeText();
  }

  swipeText() {
    const [left, right] = now().sides.map(({ name }) => name);
    byId("swipe").setAttribute("aria-valuetext", say("swipe.text", { left, right, percent: number(this.pair.share) }));
  }

  swipe(share) {
    byId("swipe").value = share;
    this.pair.cut(share);
    this.swipeText();
  }

  async furnish(map, side) {
    if (side === 0) this.#leftIsMade();
    const parts = {
      rivers: () => layer("rivers"),
      districts: () => layer("districts"),
      dams: () => layer("dams", ({ state }) => ({ sign: `dam-${damKind(state?.kind)}` })),
    };
    const work = Object.entries(parts).map(async ([name, load]) => {
      try {
        map.getSource(name).setData(await load());
      } catch (error) {
        missing(name, error);
      }
    });
    work.push(addGround(map, now().root).catch((error) => missing("ground", error)));
    work.push(this.flows.side(map, side));
    map.on("click", (event) => this.clicked(map, event));
    await Promise.all(work);
  }

  mark(lon, lat) {
    const feature = { type: "Feature", properties: {}, geometry: { type: "Point", coordinates: [lon, lat] } };
    this.pair.each((map) => map.getSource("place").setData(feature));
  }

  place(lon, lat, title) {
    this.mark(lon, lat);
    return showPlace(now(), lon, lat, title).catch(gone);
  }

  choose(id) {
    for (const row of document.querySelectorAll("tr[data-district]")) {
      row.classList.toggle("chosen", row.dataset.district === id);
    }
    this.pair.each((map) => {
      if (this.#district) map.setFeatureState({ source: "districts", id: this.#district }, { chosen: false });
      if (id) map.setFeatureState({ source: "districts", id }, { chosen: true });
    });
    this.#district = id;
  }

  // What has a name; asked for when it is wanted first, and again where that failed.
  places() {
    this.#named ??= listPlaces(now(), ["districts", "dams", "gorges", "rivers", "facilities"]).catch((error) => {
      this.#named = null;
      if (!(error instanceof Refused)) gone();
      return [];
    });
    return this.#named;
  }

  async clicked(map, event) {
    const { lng, lat } = event.lngLat;
    if (this.#whatIf?.drawing) return this.#whatIf.add(lng, lat);
    const { x, y } = event.point;
    const around = [[x - CLICK_PX, y - CLICK_PX], [x + CLICK_PX, y + CLICK_PX]];
    const [dam] = map.queryRenderedFeatures(around, { layers: ["dams"] });
    const [district] = map.queryRenderedFeatures(event.point, { layers: ["district-area"] });
    const isDam = ({ layer, feature }) => layer === "dams" && feature.id === dam.properties.key;
    const known = dam && (await this.places()).find(isDam);
    if (known) return showDam(now(), known.feature);
    this.choose(district?.properties.key ?? null);
    return this.place(lng, lat);
  }

  async find(text) {
    const found = findPlace(text, now(), await this.places());
    if (!found) return showNothing(text);
    const [map] = this.pair.maps;
    map.jumpTo({ center: [found.lon, found.lat], zoom: Math.max(map.getZoom(), PLACE_ZOOM) });
    this.choose(found.layer === "districts" ? found.feature.id : null);
    if (found.layer !== "dams") return this.place(found.lon, found.lat, found.feature?.properties.name);
    this.mark(found.lon, found.lat);
    return showDam(now(), found.feature);
  }
}

// Ids stand outside the properties; the map's layers read only those.
async function layer(name, more = () => ({})) {
  const document_ = await askOnce(`${now().root}/v1/${name}?lang=${now().language}`);
  const features = document_.features.filter(({ geometry }) => geometry);
  return {
    type: "FeatureCollection",
    features: features.map(({ id, geometry, properties }) => ({
      type: "Feature",
      geometry,
      properties: { key: id, name: properties.name, ...more(properties) },
    })),
  };
}

function shareLink(simulation, scenario) {
  const hash = new URLSearchParams({ simulation });
  const query = new URLSearchParams({ scenario, scheme: now().scheme.id, lang: now().language });
  return `${now().root}/?${query}#${hash}`;
}
