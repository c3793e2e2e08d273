// Numbers as text, formatted like the program's own tables.

const MINUS = "\u2212";
const isNumber = (value) => typeof value === "number" && Number.isFinite(value);

const grouped = (number) => number.toLocaleString("en-US");
const fixed = (number, places) => number.toFixed(places).replace("-", MINUS);
const percent = (share, places = 1) => (isNumber(share) ? `${fixed(share * 100, places)}%` : "–");
const counted = (number, noun, plural = `${noun}s`) => `${grouped(number)} ${number === 1 ? noun : plural}`;
const points = (share) => (isNumber(share) ? `${share < 0 ? MINUS : "+"}${Math.abs(share * 100).toFixed(1)}` : "–");
const pValue = (p) => (!isNumber(p) ? "–" : p < 0.001 ? "<0.001" : p.toFixed(3));
const plainReward = (reward) => (isNumber(reward) ? reward.toFixed(3) : "–");

/** Three digits and a prefix: `950`, `1.20 k`, `3.45 T`. */
function si(number) {
  if (!isNumber(number)) return "–";
  let value = number;
  let step = 0;
  const prefixes = ["", " k", " M", " G", " T", " P", " E", " Z"];
  while (Math.abs(value) >= 999.5 && step < prefixes.length - 1) { value /= 1000; step += 1; }
  const places = step === 0 && value === Math.round(value) ? 0 : Math.abs(value) >= 99.95 ? 0 : Math.abs(value) >= 9.995 ? 1 : 2;
  return fixed(value, places) + prefixes[step];
}

/** The same without zeros at the end, for ticks: `1 k`. */
const shortSI = (number) => si(number).replace(/(\.\d*?)0+(?=\D|$)/, "$1").replace(/\.(?=\D|$)/, "");

/** More digits than {@link si}, for ticks that lie close together. */
function siDigits(number, digits) {
  const power = clamped(Math.floor(Math.log10(Math.abs(number) || 1) / 3), 0, 7);
  return `${Number((number / 1000 ** power).toPrecision(digits))}${["", " k", " M", " G", " T", " P", " E", " Z"][power]}`;
}

/** `0.3` rather than `0.30000000000000004`. */
const plainNumber = (number) => String(Number(number.toPrecision(10))).replace("-", MINUS);

/** Joules as watt-hours: `0.42 Wh`, `1.20 kWh`. */
const energy = (joules) => si(joules / 3600).replace(/^[\d.\u2212]+$/, "$& ") + "Wh";

/** `0.4 s`, `2:05`, `1:02:03`, `3 d 04:05`. */
function duration(seconds) {
  if (!isNumber(seconds)) return "–";
  if (seconds < 59.95) return `${seconds.toFixed(1)} s`;
  const whole = Math.round(seconds);
  const two = (number) => String(number).padStart(2, "0");
  const [days, hours, minutes] = [Math.floor(whole / 86400), Math.floor(whole / 3600) % 24, Math.floor(whole / 60) % 60];
  if (days > 0) return `${days} d ${two(hours)}:${two(minutes)}`;
  return hours > 0 ? `${hours}:${two(minutes)}:${two(whole % 60)}` : `${minutes}:${two(whole % 60)}`;
}
