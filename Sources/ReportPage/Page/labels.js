// Labels beside marks: as near as there is room, with a line to the mark if that is far.

const LONGEST_LABEL = 26;
const MOST_LABELS = 80;
const LABEL_HEIGHT = 13;
const DISTANCES = [10, 20, 32, 46, 62, 80, 100];
// Right, left, then around.
const DIRECTIONS = [0, Math.PI, -0.6, 0.6, Math.PI + 0.6, Math.PI - 0.6, -1.15, 1.15, Math.PI + 1.15, Math.PI - 1.15, -Math.PI / 2, Math.PI / 2];

const ruler = document.createElement("canvas").getContext("2d");
ruler.font = `11.5px ${getComputedStyle(document.documentElement).getPropertyValue("--sans")}`;
const widthOf = (text) => ruler.measureText(text).width;

/** Long texts without their middle: names of variants often differ at their ends. */
const shortened = (text, most = LONGEST_LABEL) => {
  const letters = [...plain(text).replace(/\s+/g, " ")];
  const end = Math.floor(most * 0.4);
  return letters.length > most ? `${letters.slice(0, most - end - 1).join("")}…${letters.slice(-end).join("")}` : letters.join("");
};

const overlap = (one, other) => one.left < other.right && other.left < one.right && one.top < other.bottom && other.top < one.bottom;

/**
 * Where labels go; none where there is no room.
 *
 * points: `{ x, y, text, isFirst }`, of which the first ones get their labels first. inner: the plot's area. others: boxes that are taken.
 * lines: boxes that are crossed only if there is no other room.
 */
function placeLabels(points, inner, others = [], lines = []) {
  const taken = [...points.map(({ x, y }) => ({ left: x - 7, right: x + 7, top: y - 7, bottom: y + 7 })), ...others];
  const order = [...points.keys()].sort((one, other) => Boolean(points[other].isFirst) - Boolean(points[one].isFirst) || points[one].y - points[other].y);
  const places = Array(points.length);
  for (const number of order.slice(0, MOST_LABELS)) {
    const { x, y, text, isFirst } = points[number];
    const width = widthOf(shortened(text));
    const labels = taken.slice(points.length);
    const apart = taken.filter((_, place) => place !== number);
    places[number] = roomBeside(x, y, width, [...apart, ...lines], inner) ?? roomBeside(x, y, width, apart, inner)
      ?? (isFirst ? roomBeside(x, y, width, labels, inner) : undefined);
    if (places[number]) taken.push(places[number]);
  }
  return places;
}

function roomBeside(x, y, width, taken, { left, right, top, bottom }) {
  for (const distance of DISTANCES) {
    for (const angle of DIRECTIONS) {
      const [dx, dy] = [Math.cos(angle), Math.sin(angle)];
      const [ax, ay] = [x + dx * distance, y + dy * distance];
      // The nearest end of the label, or its middle if it is above or below.
      const start = Math.abs(dx) < 0.3 ? ax - width / 2 : dx > 0 ? ax : ax - width;
      const box = { left: start, right: start + width, top: ay - LABEL_HEIGHT / 2, bottom: ay + LABEL_HEIGHT / 2, distance, ax, ay, dx, dy };
      const isInside = box.left >= left && box.right <= right + 8 && box.top >= top - 4 && box.bottom <= bottom;
      if (isInside && !taken.some((other) => overlap(box, other))) return box;
    }
  }
  return undefined;
}

/** A point with its label, which is shown while the pointer is over it if there is no room otherwise. */
function labelled({ x, y, text, mark }, place, inner) {
  const words = shortened(text);
  const width = widthOf(words);
  const hover = { left: clamped(x + 10, inner.left, Math.max(inner.left, inner.right - width)), ay: y > inner.top + 20 ? y - 14 : y + 14 };
  const { left, ay, distance } = place ?? hover;
  return svg("g", { class: place ? "point" : "point crowded" },
    distance > 12 && svg("line", { class: "leader", x1: x + place.dx * 7, y1: y + place.dy * 7, x2: place.ax - place.dx * 2, y2: place.ay - place.dy * 2 }),
    mark, svg("text", { class: "label", x: left, y: ay + 4 }, words));
}

/** The point under the pointer is drawn above the others, with its label. */
function showPointed(node) {
  for (const group of node.querySelectorAll(".point")) {
    group.addEventListener("pointerenter", () => {
      for (const other of node.querySelectorAll(".pointed")) other.classList.remove("pointed");
      group.classList.add("pointed");
      if (node.lastElementChild !== group) node.append(group);
    });
    group.addEventListener("pointerleave", () => group.classList.remove("pointed"));
  }
}
