// Sets of tiles of the service, as MapLibre takes them.
import { askOnce } from "./answers.js";

// Tiles come from where the page comes from, whatever name a proxy gave the service.
function own(tiles) {
  return tiles.map((address) => {
    const { pathname, search } = new URL(address, document.baseURI);
    return location.origin + decodeURI(pathname) + search;
  });
}

// `address`: the folder of a set; `rest` is what its TileJSON says beside where the tiles are.
export async function tileSource(address) {
  const { tiles, minzoom, maxzoom, bounds, ...rest } = await askOnce(`${address}/tilejson.json`);
  return { source: { tiles: own(tiles), minzoom, maxzoom, bounds, tileSize: 256 }, rest };
}
