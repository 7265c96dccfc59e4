// Scales of axes: where a value lies between 0 and 1, and which values have ticks.

// scaleOf is the scale of an axis that shows values. words makes it a scale of names, side by side.
function scaleOf(values, { log = false, words = null, at = null } = {}) {
  if (words) return nameScale(words);
  let low = Infinity;
  let high = -Infinity;
  for (const v of values) {
    if (v === null || !Number.isFinite(v) || (log && v <= 0)) continue;
    if (v < low) low = v;
    if (v > high) high = v;
  }
  if (low > high) [low, high] = log ? [1, 10] : [0, 1];
  return log ? logScale(low, high, at) : linearScale(low, high, at);
}

function nameScale(words) {
  return {
    place: (i) => (i + 0.5) / words.length,
    ticks: words.map((word, i) => ({ value: i, text: word })),
  };
}

function linearScale(low, high, at) {
  const pad = high > low ? 0.05 * (high - low) : Math.abs(low) * 0.05 || 1;
  [low, high] = [low - pad, high + pad];
  const step = roundStep((high - low) / 6);
  const ticks = [];
  for (let i = Math.ceil(low / step); i * step <= high; i++) ticks.push(i * step);
  return {
    place: (v) => (v - low) / (high - low),
    ticks: texts(at ?? ticks.map((v) => Number(v.toPrecision(12)))),
  };
}

function logScale(low, high, at) {
  const pad = high > low ? (high / low) ** 0.05 : 2;
  const [a, b] = [Math.log(low / pad), Math.log(high * pad)];
  return {
    place: (v) => (v > 0 ? (Math.log(v) - a) / (b - a) : NaN),
    ticks: texts(at ?? logTicks(low / pad, high * pad)),
  };
}

// logTicks are powers of ten, with 2 and 5 between them where there is room, or round values of a short range.
function logTicks(low, high) {
  const all = (digits) => {
    const ticks = [];
    for (let p = Math.floor(Math.log10(low)); p <= Math.log10(high); p++) {
      for (const d of digits) ticks.push(Number((d * 10 ** p).toPrecision(3)));
    }
    return ticks.filter((t) => t >= low && t <= high);
  };
  for (const digits of [[1], [1, 2, 5], [1, 2, 3, 4, 5, 6, 7, 8, 9]]) {
    const ticks = all(digits);
    if (ticks.length >= 3) return thinned(ticks, 9);
  }
  const step = roundStep((high - low) / 5);
  const ticks = [];
  for (let i = Math.ceil(low / step); i * step <= high; i++) ticks.push(Number((i * step).toPrecision(12)));
  return ticks;
}

// thinned keeps every second, third … of a list that is longer than most.
function thinned(list, most) {
  const every = Math.ceil(list.length / most);
  return list.filter((_, i) => i % every === 0);
}

// roundStep is the least of 1, 2 and 5 times a power of ten that is not below a step.
function roundStep(step) {
  const power = 10 ** Math.floor(Math.log10(step));
  return [1, 2, 5, 10].find((d) => d * power >= step * 0.999) * power;
}

function texts(values) {
  return values.map((value) => ({ value, text: written(value, 6) }));
}
