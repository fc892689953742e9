// Two maps over each other that move as one; the right one is cut off left of the handle.
import { Map as MapLibre, NavigationControl, ScaleControl, setWorkerUrl } from "maplibre-gl";
import { addImages, emptyStyle } from "./style.js";
import { say } from "./texts.js";

//: Telephones have three pixels to a point; two are enough, and half of the work.
const MOST_PIXELS = 2;
//: Narrower parts, in per cent, have no room for a name; beside the zoom buttons it is twice as much.
const LEAST_NAMED = 10;
const FONTS = ['400 14px "Noto Sans"', '700 14px "Noto Sans"'];

export function canDraw() {
  return document.createElement("canvas").getContext("webgl2") !== null;
}

function nameWithin(id, width, isSeen) {
  const { style } = document.getElementById(id);
  style.maxWidth = `calc(${width})`;
  style.opacity = isSeen ? "" : "0";
}

export class Pair {
  // `files`: the folder of what was bundled.
  constructor(files) {
    setWorkerUrl(new URL(`${files}${WORKER_FILE}`, document.baseURI).href);
    this.maps = [];
    this.share = 50;
    this.trimmed = false;
  }

  // `view`: where the maps open; `furnish(map, side)`: what is drawn on each; the right one comes once the left is drawn.
  async open(view, furnish, whenWrong) {
    await Promise.all(FONTS.map((font) => document.fonts.load(font, "Aқ")));
    const left = await this.make("map-left", view, true, whenWrong);
    await furnish(left, 0);
    const known = { center: left.getCenter(), zoom: left.getZoom(), bearing: left.getBearing() };
    const right = await this.make("map-right", known, false, whenWrong);
    this.follow();
    this.cut(this.share);
    await furnish(right, 1);
  }

  async make(id, view, hasControls, whenWrong) {
    const map = new MapLibre({
      container: id,
      style: emptyStyle(),
      ...view,
      maxZoom: 16,
      maxPitch: 0,
      attributionControl: false,
      fadeDuration: 0,
      refreshExpiredTiles: false,
      renderWorldCopies: false,
      validateStyle: false,
      pixelRatio: Math.min(devicePixelRatio, MOST_PIXELS),
      canvasContextAttributes: { antialias: false },
      locale: {
        "NavigationControl.ZoomIn": say("zoom_in"),
        "NavigationControl.ZoomOut": say("zoom_out"),
        "NavigationControl.ResetBearing": say("north"),
        "Map.Title": say("map"),
        "ScaleControl.Meters": say("unit.m"),
        "ScaleControl.Kilometers": say("unit.km"),
      },
    });
    map.touchZoomRotate.disableRotation();
    map.dragRotate.disable();
    map.keyboard.disableRotation();
    map.on("error", whenWrong);
    map.on("resize", () => this.trim(false));
    if (hasControls) {
      map.addControl(new NavigationControl({ showCompass: false }), "top-right");
      // Under the map: over it, names would lie beneath it.
      document.getElementById("scale").replaceChildren(new ScaleControl({ maxWidth: 120 }).onAdd(map));
    } else {
      // One map is enough for those who hear the page or walk it with the keyboard.
      map.getCanvas().tabIndex = -1;
      map.getCanvas().setAttribute("aria-hidden", "true");
    }
    await new Promise((resolve) => map.once("style.load", resolve));
    addImages(map);
    // Whoever draws on all maps finds only those that can be drawn on.
    this.maps.push(map);
    return map;
  }

  follow() {
    const [left, right] = this.maps;
    let following = false;
    const copy = (from, to) => () => {
      if (following) return;
      following = true;
      to.jumpTo({ center: from.getCenter(), zoom: from.getZoom(), bearing: from.getBearing() });
      following = false;
    };
    copy(left, right)();
    left.on("move", copy(left, right));
    right.on("move", copy(right, left));
  }

  // `share`: per cent of the width that shows the left strategy.
  cut(share) {
    this.share = share;
    this.trim(false);
    document.getElementById("map-right").style.clipPath = `inset(0 0 0 ${share}%)`;
    document.getElementById("handle").style.left = `${share}%`;
    // Each name stays on the side of the handle that it names, and goes with it; the zoom buttons stand on the right.
    nameWithin("name-left", `${share}% - 1rem`, share > LEAST_NAMED);
    nameWithin("name-right", `${100 - share}% - var(--beside)`, 100 - share > 2 * LEAST_NAMED);
  }

  // Trimmed, each map draws only what of it can be seen: half of the work where no graphics card does it. While the handle
  // moves both are drawn whole, so that it uncovers what is there already.
  trim(on) {
    if (on === this.trimmed) return;
    this.trimmed = on;
    this.maps.forEach((map, side) => {
      const { width, height } = map.getCanvas();
      const gl = map.getCanvas().getContext("webgl2");
      const split = this.shown().length > 1 ? Math.round((width * this.share) / 100) : width;
      if (on) gl.enable(gl.SCISSOR_TEST);
      else gl.disable(gl.SCISSOR_TEST);
      gl.scissor(side ? split : 0, 0, side ? width - split : split, height);
      map.triggerRepaint();
    });
  }

  // The maps of which anything is on the screen.
  shown() {
    const single = document.getElementById("maps").classList.contains("one");
    return single ? this.maps.slice(0, 1) : this.maps;
  }

  // Whether a tile belongs to what is on either map now, not to what was there when it was asked for.
  draws(address) {
    const ofSource = ({ tiles = [] }) => tiles.some((one) => address.startsWith(one.split("{z}")[0]));
    return this.maps.some((map) => Object.values(map.getStyle().sources).some(ofSource));
  }

  each(action) {
    this.maps.forEach(action);
  }
}
