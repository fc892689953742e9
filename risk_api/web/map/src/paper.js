// Paper gets a drawing of the map as it stands: what WebGL has drawn is not kept once it is on the screen.
const MARGIN = 10;

function border(context, width, height, share) {
  const x = (width * share) / 100;
  context.fillStyle = "#16202a";
  context.fillRect(x - 1, 0, 2, height);
}

// A bar as long as the one on the screen, and which way north is.
function scale(context, bar, ratio, width, height) {
  const long = bar.getBoundingClientRect().width * ratio;
  const [right, bottom] = [width - MARGIN * ratio, height - MARGIN * ratio];
  context.font = `${12 * ratio}px "Noto Sans", sans-serif`;
  const words = `${bar.textContent}   N \u2191`;
  const wide = context.measureText(words).width;
  const left = right - Math.max(long, wide);
  context.fillStyle = "rgb(255 255 255 / 90%)";
  context.fillRect(left - 6 * ratio, bottom - 26 * ratio, right - left + 12 * ratio, 32 * ratio);
  context.fillStyle = "#16202a";
  context.textAlign = "right";
  context.fillText(words, right, bottom - 10 * ratio);
  context.fillRect(right - long, bottom - 3 * ratio, long, 3 * ratio);
}

export function drawForPaper(maps, share, paper) {
  const [first] = maps;
  const { width, height } = first.getCanvas();
  if (!width || !height) return;
  Object.assign(paper, { width, height });
  const context = paper.getContext("2d");
  maps.forEach((map, side) => {
    const from = side ? Math.round((width * share) / 100) : 0;
    if (from >= width) return;
    context.drawImage(map.redraw().getCanvas(), from, 0, width - from, height, from, 0, width - from, height);
  });
  if (maps.length > 1) border(context, width, height, share);
  const bar = document.querySelector("#scale > *");
  if (bar) scale(context, bar, width / first.getContainer().clientWidth, width, height);
}
