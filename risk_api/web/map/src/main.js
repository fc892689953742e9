// The map beside the table. Whatever goes wrong here, the table stays as the server wrote it.
import { readAddress, writeAddress } from "./address.js";
import { ask, askOnce, Refused } from "./answers.js";
import { startClock, tick } from "./clock.js";
import { addGround, addresses, flowBounds, showArrival, showClasses, showMinute, showTiles, removeFlow } from "./flow.js";
import { follow, unfollow } from "./job.js";
import { Latest } from "./latest.js";
import { showLegend } from "./legend.js";
import { goTo, watchServer } from "./navigate.js";
import { canDraw, Pair } from "./pair.js";
import { clearPlace, findPlace, listPlaces, showDam, showNothing, showPlace } from "./place.js";
import { removeShaking, showShaking } from "./shaking.js";
import { damKind } from "./style.js";
import { show as showState, tell, withdraw } from "./state.js";
import { number, say, speak } from "./texts.js";
import { WhatIf } from "./what_if.js";

const STEP_MS = 160;
const STEPS_OF_PLAY = 90;
const CLICK_PX = 6;
// The flow lies in the middle of the map when it opens: the handle stands beside it.
const OPENS_AT = 62;
const byId = (id) => document.getElementById(id);
const calm = matchMedia("(prefers-reduced-motion: reduce)");

let settings = JSON.parse(byId("map-settings").textContent);
speak(settings);
const given = readAddress();
const chosen = { layer: given.layer ?? "class", share: given.share ?? OPENS_AT, minute: given.minute };
const pair = new Pair({ ...settings, view: given.view });
let generation = 0;
let questions = 0;
const making = new Latest();
const scales = [];
let playing = null;
let plays = 0;
let named = [];
let whatIf = null;

function missing(what, error) {
  if (error instanceof Refused) tell("missing", "layer_missing", { what: say(`layer.${what}`), status: error.status });
  else watchServer(settings.root);
}

// One generation of the flow per question and layer: what arrives late for an old one is left.
async function showFlow() {
  const mine = ++generation;
  delete document.documentElement.dataset.flow;
  const isWanted = () => mine === generation;
  const [left, right] = settings.sides;
  withdraw("missing", "same", "choose");
  byId("maps").classList.toggle("one", ["difference", "shaking"].includes(chosen.layer));
  showLegend(settings, chosen.layer, null);
  const isFlow = chosen.layer !== "shaking";
  if (!isFlow && !settings.earthquake) tell("choose", "shaking.none");
  if (isFlow && left.run && left.run === right.run && left.id !== right.id) tell("same", "same");
  await Promise.all(pair.maps.map((map, side) => sideOf(map, side, isWanted)));
  await drawn(isWanted);
}

// What is on the screen, told on the page itself: nothing is asked for any more until something is chosen.
async function drawn(isWanted) {
  const { dataset } = document.documentElement;
  if (!isWanted()) return;
  delete dataset.flow;
  await Promise.all(pair.maps.map((map) => (map.loaded() ? null : map.once("idle"))));
  if (isWanted()) dataset.flow = chosen.layer;
}

async function sideOf(map, side, isWanted) {
  const { run } = settings.sides[side];
  const [left, right] = settings.sides;
  removeShaking(map);
  if (!run || chosen.layer === "shaking") removeFlow(map);
  try {
    if (chosen.layer === "shaking") {
      if (settings.earthquake && side === 0) await showShaking(map, settings, isWanted);
      return;
    }
    if (!run) return;
    if (chosen.layer === "class") await showClasses(map, settings, run, isWanted);
    else if (chosen.layer === "arrival") {
      const shown = await showArrival(map, settings, run, chosen.minute, isWanted);
      if (!shown) return;
      scales[side] = shown.scale;
      showLegend(settings, chosen.layer, shown.legend);
    } else {
      const address = chosen.layer === "depth"
        ? addresses.tiles(settings, run, "depth")
        : addresses.difference(settings, left.run, right.run);
      if (chosen.layer === "difference" && side === 1) return removeFlow(map);
      await showTiles(map, address, isWanted);
      const legend = await askOnce(`${address}/legend.json`);
      if (isWanted()) showLegend(settings, chosen.layer, legend);
    }
  } catch (error) {
    if (!isWanted()) return;
    removeFlow(map);
    missing({ class: "flow" }[chosen.layer] ?? chosen.layer, error);
  }
}

function nameSides() {
  settings.sides.forEach((side, position) => {
    byId(position ? "name-right" : "name-left").textContent = side.name;
  });
  swipeText();
}

function swipeText() {
  const [left, right] = settings.sides.map(({ name }) => name);
  byId("swipe").setAttribute("aria-valuetext", say("swipe.text", { left, right, percent: number(chosen.share) }));
}

function swipe(share) {
  chosen.share = share;
  byId("swipe").value = share;
  pair.cut(share);
  swipeText();
}

function minuteText() {
  const text = say("time.text", { minutes: number(chosen.minute) });
  byId("time-text").textContent = text;
  byId("time").setAttribute("aria-valuetext", text);
}

function setMinute(minute) {
  chosen.minute = minute;
  byId("time").value = minute;
  minuteText();
  pair.each((map, side) => showMinute(map, minute, scales[side]));
}

function setLayer(layer) {
  chosen.layer = layer;
  for (const radio of document.querySelectorAll('input[name="layer"]')) radio.checked = radio.value === layer;
  return showFlow();
}

function spanOfTime() {
  const slider = byId("time");
  slider.max = settings.last_minute;
  setMinute(Math.min(chosen.minute ?? settings.last_minute, settings.last_minute));
}

function stop() {
  plays += 1;
  clearInterval(playing);
  playing = null;
  byId("play").textContent = say("time.play");
  byId("play").setAttribute("aria-pressed", "false");
}

async function play() {
  if (playing) return stop();
  const mine = ++plays;
  if (chosen.layer !== "arrival") await setLayer("arrival");
  if (mine !== plays || chosen.layer !== "arrival") return;
  const last = settings.last_minute;
  if (calm.matches) return setMinute(last);
  if (chosen.minute >= last) setMinute(0);
  byId("play").textContent = say("time.pause");
  byId("play").setAttribute("aria-pressed", "true");
  const stride = Math.max(1, Math.round(last / STEPS_OF_PLAY));
  playing = setInterval(() => {
    setMinute(Math.min(chosen.minute + stride, last));
    if (chosen.minute >= last) stop();
  }, STEP_MS);
}

const remember = () => writeAddress({ ...chosen, map: pair.maps[0] });


function mark(lon, lat) {
  const feature = { type: "Feature", properties: {}, geometry: { type: "Point", coordinates: [lon, lat] } };
  pair.each((map) => map.getSource("place").setData(feature));
}

async function place(lon, lat, title) {
  mark(lon, lat);
  try {
    await showPlace(settings, lon, lat, title);
  } catch {
    watchServer(settings.root);
  }
}

function clicked(map, event) {
  if (whatIf?.drawing) return whatIf.add(event.lngLat.lng, event.lngLat.lat);
  const { x, y } = event.point;
  const around = [[x - CLICK_PX, y - CLICK_PX], [x + CLICK_PX, y + CLICK_PX]];
  const [dam] = map.queryRenderedFeatures(around, { layers: ["dams"] });
  const known = dam && named.find((entry) => entry.layer === "dams" && entry.feature.id === dam.properties.key);
  if (known) return showDam(settings, known.feature);
  const [district] = map.queryRenderedFeatures(event.point, { layers: ["district-area"] });
  choose(district?.properties.key ?? null);
  return place(event.lngLat.lng, event.lngLat.lat);
}

let district = null;
function choose(id) {
  for (const row of document.querySelectorAll("tr[data-district]")) row.classList.toggle("chosen", row.dataset.district === id);
  pair.each((map) => {
    if (district) map.setFeatureState({ source: "districts", id: district }, { chosen: false });
    if (id) map.setFeatureState({ source: "districts", id }, { chosen: true });
  });
  district = id;
}

// Ids stand outside the properties; the map's layers read only those.
async function layer(name, more = () => ({})) {
  const document_ = await askOnce(`${settings.root}/v1/${name}?lang=${settings.language}`);
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

async function furnish(map, side) {
  const parts = {
    rivers: () => layer("rivers"),
    districts: () => layer("districts"),
    dams: () => layer("dams", ({ state }) => ({ sign: `dam-${damKind(state?.kind)}` })),
  };
  map.addLayer({ id: "district-area", type: "fill", source: "districts", paint: { "fill-opacity": 0 } }, "rivers");
  const work = Object.entries(parts).map(async ([name, load]) => {
    try {
      map.getSource(name).setData(await load());
    } catch (error) {
      missing(name, error);
    }
  });
  work.push(addGround(map, settings.root).catch((error) => missing("ground", error)));
  const mine = generation;
  work.push(sideOf(map, side, () => mine === generation));
  map.on("click", (event) => clicked(map, event));
  await Promise.all(work);
}

async function question(address, options) {
  const next = await goTo(address, settings.root, options);
  if (!next) return;
  const mine = ++questions;
  stop();
  making.next();
  unfollow();
  chosen.simulation = null;
  const before = settings;
  settings = next;
  speak(settings);
  showState();
  tick();
  nameSides();
  if (before.last_minute !== settings.last_minute) chosen.minute = null;
  spanOfTime();
  followJob();
  clearPlace();
  if (pair.maps.length) {
    await showFlow();
    const where = before.scenario.id === settings.scenario.id ? null : await flowBounds(settings).catch(() => null);
    if (mine !== questions) return;
    if (where) pair.maps[0].fitBounds(where, { padding: 30, animate: false });
    if (options?.push !== false) remember();
  }
}

// The answer of a drawn dam takes the place of the two strategies until another question is asked.
function compare(sides, simulation) {
  stop();
  settings = { ...settings, sides };
  chosen.simulation = simulation;
  nameSides();
  remember();
  return showFlow();
}

function shareLink(simulation) {
  const hash = new URLSearchParams({ simulation });
  const query = new URLSearchParams({ scenario: settings.scenario.id, scheme: settings.scheme.id, lang: settings.language });
  return `${settings.root}/?${query}#${hash}`;
}

// Runs that an answer further down needs: asked for by its own address, which says the job that makes them.
async function make(address) {
  const signal = making.next();
  try {
    const response = await ask(address, { signal });
    const again = () => question(location.href.split("#")[0], { push: false });
    if (response.status !== 202) return again();
    const { job } = await response.json();
    if (signal.aborted) return;
    follow(`${settings.root}/v1/jobs/${job.id}/events?lang=${settings.language}`, again);
  } catch (error) {
    if (signal.aborted) return;
    if (error instanceof Refused) tell("refused", "refused", { reason: error.message });
    else watchServer(settings.root);
  }
}

function followJob() {
  if (settings.job) {
    const address = `${settings.root}/v1/jobs/${settings.job}/events?lang=${settings.language}`;
    follow(address, () => question(location.href.split("#")[0], { push: false }));
  }
}

function wire() {
  byId("swipe").addEventListener("input", (event) => swipe(Number(event.target.value)));
  byId("time").addEventListener("input", (event) => {
    stop();
    setMinute(Number(event.target.value));
    if (chosen.layer !== "arrival") setLayer("arrival");
  });
  byId("play").addEventListener("click", play);
  for (const id of ["swipe", "time"]) byId(id).addEventListener("change", remember);
  for (const radio of document.querySelectorAll('input[name="layer"]')) {
    radio.addEventListener("change", () => setLayer(radio.value).then(remember));
  }
  byId("find").addEventListener("submit", (event) => {
    event.preventDefault();
    const text = byId("find-text").value;
    const found = findPlace(text, settings, named);
    if (!found) return showNothing(text);
    pair.maps[0].jumpTo({ center: [found.lon, found.lat], zoom: Math.max(pair.maps[0].getZoom(), 12) });
    choose(found.layer === "districts" ? found.feature.id : null);
    if (found.layer === "dams") {
      mark(found.lon, found.lat);
      showDam(settings, found.feature);
    } else place(found.lon, found.lat, found.feature?.properties.name);
  });
  const main = document.querySelector("main");
  main.addEventListener("change", (event) => {
    if (event.target.form?.id === "pickers") event.target.form.requestSubmit();
  });
  main.addEventListener("submit", (event) => {
    if (event.target.closest("#map-part")) return;
    event.preventDefault();
    const query = new URLSearchParams([...new FormData(event.target)].filter(([, value]) => value !== ""));
    question(`${settings.root}/?${query}`);
  });
  main.addEventListener("click", (event) => {
    const link = event.target.closest?.("a[data-makes]");
    if (!link) return;
    event.preventDefault();
    make(link.href);
  });
  const pointed = (event) => {
    const row = event.target.closest?.("tr[data-district]");
    if (row && row.dataset.district !== district) choose(row.dataset.district);
  };
  main.addEventListener("pointerover", pointed);
  main.addEventListener("focusin", pointed);
  addEventListener("popstate", () => question(location.href.split("#")[0], { push: false }));
  addEventListener("offline", () => watchServer(settings.root));
  addEventListener("online", () => watchServer(settings.root));
}

async function start() {
  followJob();
  watchServer(settings.root);
  keepForLater();
  startClock();
  if (!canDraw()) {
    byId("map-waiting").textContent = say("no_webgl");
    return;
  }
  byId("map-waiting").hidden = true;
  for (const id of ["map-tools", "maps", "map-sliders", "map-find", "legend"]) byId(id).hidden = false;
  wire();
  nameSides();
  spanOfTime();
  swipe(chosen.share);
  setLayer(chosen.layer);
  pair.settings.bounds = (await flowBounds(settings).catch(() => null)) ?? settings.bounds;
  await pair.open(furnish, ({ error, sourceId }) => {
    if (error?.status) missing(sourceId === "ground" ? "ground" : "flow", new Refused(error.status, error.message));
  });
  named = await listPlaces(settings, ["districts", "dams", "gorges", "rivers", "facilities"]);
  pair.maps[0].on("moveend", remember);
  whatIf = new WhatIf({
    settings: () => settings,
    each: (action) => pair.each(action),
    gone: () => watchServer(settings.root),
    compare,
    shareLink,
  });
  if (given.simulation) await whatIf.open(`${settings.root}/v1/simulations/${given.simulation}`);
  document.documentElement.dataset.map = "ready";
  const mine = generation;
  drawn(() => mine === generation);
}

async function keepForLater() {
  if (!("serviceWorker" in navigator)) return;
  const { register } = navigator.serviceWorker;
  const asked = { scope: `${settings.root}/` };
  // A private window may refuse: then nothing is kept, and the page is as good as ever while there is a network.
  const registered = await register.call(navigator.serviceWorker, `${settings.root}/offline.js`, asked).catch(() => null);
  if (!registered) return;
  const worker = registered.active ?? (await navigator.serviceWorker.ready).active;
  const address = location.href.split("#")[0];
  worker.postMessage({ keep: [...settings.keep, `${settings.root}/static/page.css${pageStyleVersion()}`], page: address });
}

function pageStyleVersion() {
  return new URL(document.querySelector('link[href*="page.css"]').href).search;
}

start();
