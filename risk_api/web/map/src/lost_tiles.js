// A tile that is not found counts with MapLibre as one that holds nothing; here an empty map would read as "nothing flows".
const TILE = /\/tiles\/.*?\d+\/\d+\/\d+(\.\w+)?$/;
const KINDS = [["/base/", "ground"], ["/shakemap/", "shaking"]];

// `isDrawn(address)`: whether the tile is of what is shown; `lost(kind, status)`: one of these did not come.
export function watchTiles(root, isDrawn, lost) {
  const own = `${location.origin}${root}/v1/`;
  new PerformanceObserver((entries) => {
    for (const { name, responseStatus } of entries.getEntries()) {
      if (responseStatus !== 404 || !name.startsWith(own) || !TILE.test(new URL(name).pathname)) continue;
      if (!isDrawn(name)) continue;
      const [, kind] = KINDS.find(([part]) => name.includes(part)) ?? [null, "flow"];
      lost(kind, responseStatus);
    }
  }).observe({ type: "resource" });
}
