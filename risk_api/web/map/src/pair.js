// Two maps over each other that move as one; the right one is cut off left of the handle.
import { AttributionControl, Map as MapLibre, NavigationControl, ScaleControl, setWorkerUrl } from "maplibre-gl";
import { addImages, emptyStyle } from "./style.js";
import { say } from "./texts.js";

const FONTS = ['400 14px "Noto Sans"', '700 14px "Noto Sans"'];

export function canDraw() {
  return document.createElement("canvas").getContext("webgl2") !== null;
}

export class Pair {
  constructor(settings) {
    setWorkerUrl(new URL(`${settings.files}${WORKER_FILE}`, document.baseURI).href);
    this.settings = settings;
    this.maps = [];
    this.share = 50;
  }

  async open(whenReady, whenWrong) {
    await Promise.all(FONTS.map((font) => document.fonts.load(font, "Aқ")));
    const left = this.make("map-left", true, whenWrong);
    await whenReady(await left, 0);
    const right = await this.make("map-right", false, whenWrong);
    this.follow();
    this.cut(this.share);
    await whenReady(right, 1);
  }

  async make(id, hasControls, whenWrong) {
    const { settings } = this;
    const known = this.maps[0];
    const view = known
      ? { center: known.getCenter(), zoom: known.getZoom(), bearing: known.getBearing() }
      : settings.view ?? { bounds: settings.bounds, fitBoundsOptions: { padding: 20 } };
    const map = new MapLibre({
      container: id,
      style: emptyStyle(),
      ...view,
      maxZoom: 16,
      maxPitch: 0,
      attributionControl: false,
      fadeDuration: 0,
      refreshExpiredTiles: false,
      canvasContextAttributes: { preserveDrawingBuffer: true, antialias: false },
      locale: {
        "NavigationControl.ZoomIn": say("zoom_in"),
        "NavigationControl.ZoomOut": say("zoom_out"),
        "NavigationControl.ResetBearing": say("north"),
        "Map.Title": say("map"),
      },
    });
    map.touchZoomRotate.disableRotation();
    map.dragRotate.disable();
    map.keyboard.disableRotation();
    map.on("error", whenWrong);
    if (hasControls) {
      map.addControl(new NavigationControl({ showCompass: false }), "top-right");
      map.addControl(new ScaleControl({ maxWidth: 120 }), "bottom-right");
      if (settings.online) map.addControl(new AttributionControl({ compact: true }), "bottom-right");
    } else {
      // One map is enough for those who hear the page or walk it with the keyboard.
      map.getCanvas().tabIndex = -1;
      map.getCanvas().setAttribute("aria-hidden", "true");
    }
    this.maps.push(map);
    await new Promise((resolve) => map.once("style.load", resolve));
    addImages(map);
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
    document.getElementById("map-right").style.clipPath = `inset(0 0 0 ${share}%)`;
    document.getElementById("handle").style.left = `${share}%`;
  }

  each(action) {
    this.maps.forEach(action);
  }
}
