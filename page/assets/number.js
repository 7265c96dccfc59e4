// Numbers as people read them.

// written has four digits, or as many as it is told.
function written(value, digits = 4) {
  if (value === null || !Number.isFinite(value)) return "none";
  if (value === 0) return "0";
  const size = Math.abs(value);
  let text = size < 1e-3 || size >= 1e6 ? value.toExponential(digits - 1) : value.toPrecision(digits);
  if (/\./.test(text)) text = text.replace(/\.?0+(e|$)/, "$1");
  return text.replace("e+", "e").replaceAll("-", "\u2212").replace("e\u2212", "e-");
}
