// Boxes that can be drawn, moved and sized, and keys for everything. The form works without this file.

const SVG = "http://www.w3.org/2000/svg";
const SIDES = ["left", "top", "right", "bottom"];
const CORNERS = ["left top", "right top", "left bottom", "right bottom"];
const SMALLEST = 4; // pixels of the picture: less is a click, not a box
const MARGIN = 0.2; // of a block's shorter side, shown around it
const ZOOM_STEP = 1.4;
const MOST_ZOOM = 12;

const stage = document.querySelector(".stage");
const picture = document.querySelector(".picture");
const form = document.querySelector(".work");
const list = form.querySelector(".blocks");
const limits = { x: Number(picture.dataset.width), y: Number(picture.dataset.height) };
const untouched = snapshot();
let current = null;
let zoom = 1;

// A block is its item in the form and its group on the picture, tied by their place.

const blocks = () => [...list.children];
const groupOf = (block) => picture.querySelector(`.box[data-place="${block.dataset.place}"]`);
const blockOf = (group) => list.querySelector(`.block[data-place="${group.dataset.place}"]`);
const field = (block, name) => block.querySelector(`[name="${name}"]`);
const boxOf = (block) => Object.fromEntries(SIDES.map((side) => [side, Number(field(block, side).value) || 0]));

function snapshot() {
  return JSON.stringify([...new FormData(form)]);
}

/** Show a block as its fields say, on the picture and in its crop. */
function redraw(block) {
  const box = boxOf(block);
  const [width, height] = [Math.max(0, box.right - box.left), Math.max(0, box.bottom - box.top)];
  const group = groupOf(block);
  group.setAttribute("class", `box role-${field(block, "role").value}`);
  group.classList.toggle("gone", field(block, "removed").checked);
  group.classList.toggle("current", block === current);
  place(group.querySelector("rect"), box.left, box.top, width, height);
  group.querySelector("text").setAttribute("x", box.left);
  group.querySelector("text").setAttribute("y", box.top);
  const margin = MARGIN * Math.min(width, height);
  const view = [box.left - margin, box.top - margin, width + 2 * margin, height + 2 * margin];
  block.querySelector(".crop").setAttribute("viewBox", view.join(" "));
  place(block.querySelector(".crop rect"), box.left, box.top, width, height);
  field(block, "text").lang = field(block, "language").value;
  const changed = snapshot() !== untouched;
  form.querySelector('[value="confirmed"]').disabled = changed;
  form.classList.toggle("changed", changed);
  drawCorners();
}

function place(rect, x, y, width, height) {
  for (const [name, value] of Object.entries({ x, y, width, height })) rect.setAttribute(name, value);
}

/** Grips on the corners of the current box, as large on the screen whatever the zoom. */
function drawCorners() {
  picture.querySelectorAll(".corner").forEach((corner) => corner.remove());
  const pixel = 1 / picture.getScreenCTM().a;
  picture.style.setProperty("--pixel", `${pixel}px`);
  if (!current || field(current, "removed").checked) return;
  const box = boxOf(current);
  for (const corner of CORNERS) {
    const [across, down] = corner.split(" ");
    const grip = document.createElementNS(SVG, "rect");
    grip.classList.add("corner");
    grip.dataset.corner = corner;
    place(grip, box[across] - 5 * pixel, box[down] - 5 * pixel, 10 * pixel, 10 * pixel);
    picture.append(grip);
  }
}

function setBox(block, box) {
  for (const side of SIDES) field(block, side).value = Math.round(box[side]);
  redraw(block);
}

function select(block, { reveal = true } = {}) {
  const before = current;
  current = block;
  for (const each of [before, current]) {
    if (!each?.isConnected) continue;
    each.classList.toggle("current", each === current);
    groupOf(each).classList.toggle("current", each === current);
  }
  if (current) {
    picture.querySelector(".blocks").append(groupOf(current)); // the current box lies on top
    if (reveal) current.scrollIntoView({ block: "nearest" });
  }
  drawCorners();
}

function add(box) {
  const block = document.querySelector("#new-block").content.firstElementChild.cloneNode(true);
  const number = Math.max(-1, ...blocks().map((each) => Number(each.dataset.place))) + 1;
  block.dataset.place = number;
  block.id = `block-${number}`;
  block.querySelector(".tag").textContent = number + 1;
  field(block, "removed").value = number;
  const group = document.createElementNS(SVG, "g");
  group.classList.add("box");
  group.dataset.place = number;
  group.append(document.createElementNS(SVG, "rect"), document.createElementNS(SVG, "text"));
  group.lastChild.textContent = number + 1;
  list.append(block);
  picture.querySelector(".blocks").append(group);
  if (box) for (const side of SIDES) field(block, side).value = Math.round(box[side]);
  select(block);
  redraw(block);
  field(block, "text").focus();
}

// The pointer: a drag draws, moves or sizes.

function pointAt(event) {
  const point = new DOMPoint(event.clientX, event.clientY).matrixTransform(picture.getScreenCTM().inverse());
  return { x: clamp(point.x, limits.x), y: clamp(point.y, limits.y) };
}

function clamp(value, most) {
  return Math.min(Math.max(0, value), most);
}

function moved(box, x, y) {
  const across = Math.min(Math.max(x, -box.left), limits.x - box.right);
  const down = Math.min(Math.max(y, -box.top), limits.y - box.bottom);
  return { left: box.left + across, right: box.right + across, top: box.top + down, bottom: box.bottom + down };
}

/** The box with the corners straightened, whichever way it was pulled. */
function upright({ left, top, right, bottom }) {
  return {
    left: Math.min(left, right),
    right: Math.max(left, right),
    top: Math.min(top, bottom),
    bottom: Math.max(top, bottom),
  };
}

picture.addEventListener("pointerdown", (event) => {
  if (event.button !== 0) return;
  const start = pointAt(event);
  const corner = event.target.dataset.corner?.split(" ");
  const group = event.target.closest(".box");
  if (group) select(blockOf(group));
  const before = (corner || group) && boxOf(current);
  const drawn = before ? null : document.createElementNS(SVG, "rect");
  if (drawn) picture.append(drawn);
  drawn?.setAttribute("class", "corner");
  let box = before;
  const drag = (next) => {
    const point = pointAt(next);
    if (corner) box = upright({ ...before, [corner[0]]: point.x, [corner[1]]: point.y });
    else if (before) box = moved(before, point.x - start.x, point.y - start.y);
    else box = upright({ left: start.x, top: start.y, right: point.x, bottom: point.y });
    if (before) setBox(current, box);
    else place(drawn, box.left, box.top, box.right - box.left, box.bottom - box.top);
  };
  const drop = () => {
    picture.removeEventListener("pointermove", drag);
    drawn?.remove();
    if (!drawn) return;
    if (box && box.right - box.left >= SMALLEST && box.bottom - box.top >= SMALLEST) add(box);
    else select(null);
  };
  picture.setPointerCapture(event.pointerId);
  picture.addEventListener("pointermove", drag);
  picture.addEventListener("lostpointercapture", drop, { once: true });
  document.activeElement?.blur();
  event.preventDefault();
});

// Zoom: the point under the mouse stays where it is.

function setZoom(next, at) {
  const before = zoom;
  zoom = clamp(Math.max(1, next), MOST_ZOOM);
  picture.style.setProperty("--zoom", zoom);
  const { x, y } = at ?? { x: stage.clientWidth / 2, y: stage.clientHeight / 2 };
  stage.scrollLeft = (stage.scrollLeft + x) * (zoom / before) - x;
  stage.scrollTop = (stage.scrollTop + y) * (zoom / before) - y;
  drawCorners();
}

document.querySelector(".zoom").addEventListener("click", (event) => {
  const step = Number(event.target.dataset.zoom);
  setZoom(step ? zoom * ZOOM_STEP ** step : 1);
});
stage.addEventListener(
  "wheel",
  (event) => {
    if (!event.ctrlKey && !event.metaKey) return;
    event.preventDefault();
    const frame = stage.getBoundingClientRect();
    setZoom(zoom * ZOOM_STEP ** Math.sign(-event.deltaY), { x: event.clientX - frame.left, y: event.clientY - frame.top });
  },
  { passive: false },
);
new ResizeObserver(drawCorners).observe(stage);

// The form and the picture follow each other.

list.addEventListener("input", (event) => redraw(event.target.closest(".block")));
list.addEventListener("focusin", (event) => select(event.target.closest(".block"), { reveal: false }));
list.addEventListener("click", (event) => select(event.target.closest(".block"), { reveal: false }));
form.querySelector(".add").addEventListener("click", (event) => {
  event.preventDefault();
  add();
});

// Keys: plain ones outside of fields, Control and Enter everywhere.

const ARROWS = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };
const press = (verdict) => form.querySelector(`[value="${verdict}"]`).click();

function step(by) {
  const all = blocks();
  if (all.length) select(all[(all.indexOf(current) + by + all.length) % all.length]);
}

function nudge(event) {
  const [x, y] = ARROWS[event.key].map((way) => way * (event.shiftKey ? 10 : 1));
  const box = boxOf(current);
  const far = { right: clamp(box.right + x, limits.x), bottom: clamp(box.bottom + y, limits.y) };
  setBox(current, event.altKey ? upright({ ...box, ...far }) : moved(box, x, y));
}

function remove() {
  const check = field(current, "removed");
  check.checked = !check.checked;
  redraw(current);
}

function chooseRole(number) {
  const role = field(current, "role");
  role.selectedIndex = Math.min(number, role.options.length) - 1;
  redraw(current);
}

const OUTSIDE = {
  j: () => step(1),
  k: () => step(current ? -1 : 0),
  c: () => press("confirmed"),
  n: () => document.querySelector(".next")?.click(),
  Escape: () => select(null),
};
const ON_A_BLOCK = { Enter: () => field(current, "text").focus(), Delete: remove, Backspace: remove };

document.addEventListener("keydown", (event) => {
  const inField = event.target.closest("input:not([type=checkbox]), textarea, select");
  const pressed = event.target.closest("button, a, [type=checkbox]") && [" ", "Enter"].includes(event.key);
  if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) press("fixed");
  else if (inField && event.key === "Escape") inField.blur();
  else if (inField || pressed || event.ctrlKey || event.metaKey) return;
  else if (current && event.key in ARROWS) nudge(event);
  else if (current && /^[1-6]$/.test(event.key)) chooseRole(Number(event.key));
  else if (current && event.key in ON_A_BLOCK) ON_A_BLOCK[event.key]();
  else if (event.key in OUTSIDE) OUTSIDE[event.key]();
  else return;
  event.preventDefault();
});

document.querySelectorAll(".zoom, .keys").forEach((help) => (help.hidden = false));
blocks().forEach(redraw);
