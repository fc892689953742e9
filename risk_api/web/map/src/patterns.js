// Classes differ by pattern as well as by colour, on the map and in the legend alike.
const SIZE = 16;
const INK = "rgba(0,0,0,.62)";

function strokes(context, lines) {
  context.strokeStyle = INK;
  context.lineWidth = 1.6;
  for (const [x1, y1, x2, y2] of lines) {
    context.beginPath();
    context.moveTo(x1, y1);
    context.lineTo(x2, y2);
    context.stroke();
  }
}

const falling = [[-4, 12, 4, 20], [-2, -2, 18, 18], [12, -4, 20, 4]];
const rising = falling.map(([x1, y1, x2, y2]) => [SIZE - x1, y1, SIZE - x2, y2]);
const drawn = {
  solid: () => {},
  cross: (context) => strokes(context, [...falling, ...rising]),
  lines: (context) => strokes(context, rising),
  back: (context) => strokes(context, falling),
  dots: (context) => {
    context.fillStyle = INK;
    for (const [x, y] of [[4, 4], [12, 12]]) {
      context.beginPath();
      context.arc(x, y, 1.7, 0, 2 * Math.PI);
      context.fill();
    }
  },
  open: () => {},
};

export const PATTERNS = Object.keys(drawn);

function tile(name, colour) {
  const canvas = document.createElement("canvas");
  canvas.width = canvas.height = SIZE;
  const context = canvas.getContext("2d");
  if (colour) {
    context.fillStyle = colour;
    context.fillRect(0, 0, SIZE, SIZE);
  }
  drawn[name](context);
  return canvas;
}

export function patternImage(name) {
  return tile(name).getContext("2d").getImageData(0, 0, SIZE, SIZE);
}

export function swatch(colour, pattern = "open") {
  const canvas = document.createElement("canvas");
  canvas.width = 34;
  canvas.height = 18;
  canvas.className = "swatch";
  canvas.setAttribute("aria-hidden", "true");
  const context = canvas.getContext("2d");
  context.fillStyle = context.createPattern(tile(pattern, colour), "repeat");
  context.fillRect(0, 0, canvas.width, canvas.height);
  return canvas;
}
