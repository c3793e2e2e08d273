// Numbers to pixels: ticks and scales.

/** Round numbers over a range, about `count` of them. */
function ticks(low, high, count = 5) {
  const rough = (high - low) / count || 1;
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = [1, 2, 2.5, 5, 10].map((factor) => factor * power).find((step) => step >= rough * 0.999);
  const list = [];
  for (let value = Math.ceil(low / step - 1e-9) * step; value <= high + step * 1e-9; value += step) {
    list.push(Math.abs(value) < step / 1e6 ? 0 : value);
  }
  return list;
}

/** Powers of ten with their doubles and fives, as many as fit; round numbers in a range too short for them. */
function logTicks(low, high, count = 7) {
  const list = [];
  for (let power = Math.floor(Math.log10(low)); power <= Math.ceil(Math.log10(high)); power += 1) {
    for (const factor of [1, 2, 5]) list.push(factor * 10 ** power);
  }
  const inside = list.filter((value) => value >= low * 0.999 && value <= high * 1.001);
  if (inside.length < 2) return ticks(low, high, 4);
  if (inside.length <= count) return inside;
  const tens = inside.filter((value) => Math.abs(Math.log10(value) - Math.round(Math.log10(value))) < 1e-9);
  const stride = Math.ceil(tens.length / count);
  return tens.filter((_, place) => place % stride === 0);
}

/** A function from numbers to pixels. */
function scale([low, high], [from, to], log = false) {
  const at = log ? Math.log : (value) => value;
  const span = at(high) - at(low) || 1;
  return (value) => from + ((at(value) - at(low)) / span) * (to - from);
}

/** The first format that tells the ticks apart. */
const telling = (values, ...formats) =>
  formats.find((format) => new Set(values.map(format)).size === values.length) ?? formats.at(-1);

const percentFormat = (values) => telling(values, ...[0, 1, 2, 3].map((places) => (value) => percent(value, places)));
const siFormat = (values) => telling(values, shortSI, ...[4, 5, 6].map((digits) => (value) => siDigits(value, digits)));

/** The range of numbers, with a margin as a share of it. */
function extent(values, margin = 0) {
  const [low, high] = values.reduce(([low, high], value) => [Math.min(low, value), Math.max(high, value)], [Infinity, -Infinity]);
  const slack = (high - low || Math.abs(high) || 1) * margin;
  return [low - slack, high + slack];
}

/** A range of shares, cut to what shares can be, with room for a mark at 1. */
const within = ([low, high]) => [Math.max(0, low), Math.min(1.01, high)];

const clamped = (value, low, high) => Math.min(high, Math.max(low, value));
