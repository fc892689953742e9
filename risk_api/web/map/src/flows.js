// What lies on the two maps: the flow of each side by the chosen layer, the difference, or the shaking.
import { askOnce, Refused } from "./answers.js";
import { addresses, removeFlow, showArrival, showClasses, showMinute, showTiles } from "./flow.js";
import { showLegend } from "./legend.js";
import { watchServer } from "./navigate.js";
import { now } from "./settings.js";
import { removeShaking, showShaking } from "./shaking.js";
import { tell, withdraw } from "./state.js";
import { say } from "./texts.js";

//: Layers that are the same for both strategies: one map shows them.
const SINGLE = ["difference", "shaking"];
const byId = (id) => document.getElementById(id);

export function missing(what, error) {
  if (error instanceof Refused) tell("missing", "layer_missing", { what: say(`layer.${what}`), status: error.status });
  else watchServer(now().root);
}

export class Flows {
  #generation = 0;
  #scales = [];
  #next = null;
  #sides = null;

  // `pair`: both maps; `time`: the slider of minutes; `measure`: what of the shaking, by its name in the address.
  constructor(pair, time, layer, measure) {
    this.pair = pair;
    this.time = time;
    this.layer = layer;
    const isKnown = [...byId("measure").options].some(({ value }) => value === measure);
    if (isKnown) byId("measure").value = measure;
  }

  // Whether what was asked for now is still asked for: what arrives late for an older question is left.
  #wanted() {
    const mine = this.#generation;
    return () => mine === this.#generation;
  }

  async show(layer = this.layer) {
    this.layer = layer;
    this.#generation += 1;
    const isWanted = this.#wanted();
    delete document.documentElement.dataset.flow;
    for (const radio of document.querySelectorAll('input[name="layer"]')) radio.checked = radio.value === layer;
    withdraw("missing", "same", "choose");
    this.pair.trim(false);
    this.#sided(!SINGLE.includes(layer));
    showLegend(now(), layer, null);
    const [left, right] = now().sides;
    const isFlow = layer !== "shaking";
    byId("ground-motion").hidden = isFlow || !now().earthquake;
    if (!isFlow && !now().earthquake) tell("choose", "shaking.none");
    if (isFlow && left.run && left.run === right.run && left.id !== right.id) tell("same", "same");
    this.#sides = Promise.all(this.pair.maps.map((map, side) => this.side(map, side, isWanted)));
    await this.drawn(isWanted);
  }

  // What is the same for both sides has nothing to swipe.
  #sided(isSided) {
    byId("maps").classList.toggle("one", !isSided);
    byId("swipe-part").hidden = !isSided;
    byId("no-swipe").hidden = isSided;
  }

  // What is on the screen, told on the page itself: nothing is asked for any more until something is chosen.
  async drawn(isWanted = this.#wanted()) {
    if (!isWanted()) return;
    const { dataset } = document.documentElement;
    delete dataset.flow;
    await this.#sides;
    await Promise.all(this.pair.maps.map((map) => (map.loaded() ? null : map.once("idle"))));
    if (isWanted()) dataset.flow = this.layer;
  }

  async side(map, side, isWanted = this.#wanted()) {
    const { layer } = this;
    const { run } = now().sides[side];
    removeShaking(map);
    if (!run || layer === "shaking" || (side === 1 && SINGLE.includes(layer))) removeFlow(map);
    try {
      if (layer === "shaking") {
        if (!now().earthquake || side === 1) return;
        const legend = await showShaking(map, now(), byId("measure").value, isWanted);
        if (legend) showLegend(now(), layer, legend);
      } else if (run) await this.#flow(map, side, run, isWanted);
    } catch (error) {
      if (!isWanted()) return;
      removeFlow(map);
      missing({ class: "flow" }[layer] ?? layer, error);
    }
  }

  async #flow(map, side, run, isWanted) {
    const { layer } = this;
    const settings = now();
    if (layer === "class") return showClasses(map, settings, run, isWanted);
    if (layer === "arrival") {
      const shown = await showArrival(map, settings, run, this.time.minute, isWanted);
      if (!shown) return;
      this.#scales[side] = shown.scale;
      return showLegend(settings, layer, shown.legend);
    }
    if (side === 1 && SINGLE.includes(layer)) return;
    const [left, right] = settings.sides;
    const address =
      layer === "depth" ? addresses.tiles(settings, run, "depth") : addresses.difference(settings, left.run, right.run);
    await showTiles(map, address, isWanted);
    const legend = await askOnce(`${address}/legend.json`);
    if (isWanted()) showLegend(settings, layer, legend);
  }

  // Of the minutes that a hand passes between two frames the last is drawn.
  minute(minute) {
    if (this.#next === null) requestAnimationFrame(() => this.#draw());
    this.#next = minute;
  }

  #draw() {
    const minute = this.#next;
    this.#next = null;
    this.pair.trim(this.layer === "arrival");
    this.pair.each((map, side) => showMinute(map, minute, this.#scales[side]));
  }
}
