// Regions of a picture as plain values: read from and written to a line, drawn, moved, resized (no page).

const NUMBERS = { circle: ["x", "y", "r"], rect: ["x", "y", "width", "height"] };
const FEWEST_CORNERS = 3;

/** The region that a line says (as exams/kinds/hotspot/regions.py reads it), or null. */
export function readLine(line) {
  const [shape, ...rest] = line.trim().toLowerCase().split(/\s+/);
  if (shape === "polygon") {
    const points = rest.map((corner) => corner.split(",").map(whole));
    const fits = points.length >= FEWEST_CORNERS && points.every((point) => point.length === 2 && point.every(Number.isInteger));
    return fits ? { shape, points } : null;
  }
  const names = NUMBERS[shape];
  if (!names || rest.length !== names.length) return null;
  const region = { shape };
  names.forEach((name, place) => (region[name] = whole(rest[place])));
  return names.every((name) => Number.isInteger(region[name])) ? region : null;
}

export function writeLine(region) {
  if (region.shape === "polygon") return ["polygon", ...region.points.map((point) => point.join(","))].join(" ");
  return [region.shape, ...NUMBERS[region.shape].map((name) => region[name])].join(" ");
}

export function inWords(region) {
  if (region.shape === "circle") return `circle, middle ${region.x}, ${region.y}, radius ${region.r}`;
  if (region.shape === "rect") return `rectangle, corner ${region.x}, ${region.y}, ${region.width} wide, ${region.height} high`;
  return `polygon of ${region.points.length} corners, the first at ${region.points[0].join(", ")}`;
}

/** The region that dragging from one point to another draws; null when it is too small to be meant. */
export function between(shape, [ax, ay], [bx, by], size) {
  const far = Math.hypot(bx - ax, by - ay);
  if (far < Math.max(...size) / 100) return null;
  if (shape === "circle") return kept({ shape, x: ax, y: ay, r: Math.round(far) }, size);
  return kept({ shape, x: Math.min(ax, bx), y: Math.min(ay, by), width: Math.abs(bx - ax), height: Math.abs(by - ay) }, size);
}

/** A region of that shape in the middle of the picture. */
export function inTheMiddle(shape, [width, height]) {
  const [x, y] = [Math.round(width / 2), Math.round(height / 2)];
  const reach = Math.max(1, Math.round(Math.min(width, height) / 8));
  if (shape === "circle") return { shape, x, y, r: reach };
  if (shape === "rect") return { shape, x: x - reach, y: y - reach, width: 2 * reach, height: 2 * reach };
  return { shape, points: [[x, y - reach], [x + reach, y], [x, y + reach], [x - reach, y]] };
}

export function moved(region, dx, dy, size) {
  if (region.shape === "polygon") {
    const [left, top, right, bottom] = boundsOf(region.points);
    const across = within(dx, -left, size[0] - right);
    const down = within(dy, -top, size[1] - bottom);
    return { ...region, points: region.points.map(([x, y]) => [x + across, y + down]) };
  }
  const [wide, high] = region.shape === "rect" ? [region.width, region.height] : [0, 0];
  return { ...region, x: within(region.x + dx, 0, Math.max(0, size[0] - wide)), y: within(region.y + dy, 0, Math.max(0, size[1] - high)) };
}

/** Larger or smaller: to the right and down is larger. A polygon grows from its upper left corner. */
export function resized(region, dx, dy, size) {
  if (region.shape === "circle") return kept({ ...region, r: region.r + (dx || dy) }, size);
  if (region.shape === "rect") return kept({ ...region, width: region.width + dx, height: region.height + dy }, size);
  const [left, top, right, bottom] = boundsOf(region.points);
  const across = Math.max(1, right - left + dx) / Math.max(1, right - left);
  const down = Math.max(1, bottom - top + dy) / Math.max(1, bottom - top);
  return kept({ ...region, points: region.points.map(([x, y]) => [Math.round(left + (x - left) * across), Math.round(top + (y - top) * down)]) }, size);
}

/** The points by which a pointer changes the form of a region. */
export function handlesOf(region) {
  if (region.shape === "circle") return [[region.x + region.r, region.y]];
  if (region.shape === "rect") return [[region.x + region.width, region.y + region.height]];
  return region.points;
}

/** The region with one of its handles put elsewhere. */
export function withHandle(region, number, [x, y], size) {
  if (region.shape === "circle") return kept({ ...region, r: Math.round(Math.hypot(x - region.x, y - region.y)) }, size);
  if (region.shape === "rect") return kept({ ...region, width: x - region.x, height: y - region.y }, size);
  return kept({ ...region, points: region.points.map((point, place) => (place === number ? [x, y] : point)) }, size);
}

function kept(region, size) {
  const most = Math.max(...size);
  if (region.shape === "circle") return { ...region, r: within(region.r, 1, most) };
  if (region.shape === "rect") {
    return { ...region, width: within(region.width, 1, Math.max(1, size[0] - region.x)), height: within(region.height, 1, Math.max(1, size[1] - region.y)) };
  }
  return { ...region, points: region.points.map(([x, y]) => [within(x, 0, size[0]), within(y, 0, size[1])]) };
}

function boundsOf(points) {
  const [xs, ys] = [points.map(([x]) => x), points.map(([, y]) => y)];
  return [Math.min(...xs), Math.min(...ys), Math.max(...xs), Math.max(...ys)];
}

function within(number, least, most) {
  return Math.min(Math.max(Math.round(number), least), most);
}

function whole(text) {
  return /^-?\d{1,6}$/.test(text) ? Number(text) : NaN;
}
