// Runs inside a sandbox, beside untrusted code: makes lines that ran of what V8 counted, in the form of run_pytest.py.
// A line ran when its first sign did, in any process, and each function that lies wholly in it was called there. Where
// what ran is not what lies in the file (a loader changed it), nothing is written: then it is not known.
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const MOST_FILES = 20000;
const MOST_BYTES = 512 * 1024 * 1024;
const MODULE = /\.(?:js|mjs|cjs)$/;
const SIGN = /[^\s}]/;

/** Writes `{path: [line, ...]}` to `place`, of files below `root`, as the raw counts in `folder` tell. */
export function writeLines(folder, root, place) {
  const sources = new Map();
  const ran = new Map();
  let bytes = 0;
  for (const name of readdirSync(folder).filter((one) => one.endsWith('.json')).slice(0, MOST_FILES)) {
    const text = readFileSync(`${folder}/${name}`, 'utf8');
    bytes += text.length;
    if (bytes > MOST_BYTES) return;
    for (const script of JSON.parse(text).result) {
      const path = findPath(script.url, root);
      if (path === '') continue;
      if (!sources.has(path)) sources.set(path, readSource(`${root}/${path}`));
      const source = fit(sources.get(path), script);
      if (source === null) return;
      const lines = ran.get(path) ?? new Set();
      for (const line of findLines(source, script.functions.filter(isWritten))) lines.add(line);
      ran.set(path, lines);
    }
  }
  const told = [...ran].map(([path, lines]) => [path, [...lines].sort((one, other) => one - other)]);
  if (told.length > 0) writeFileSync(place, JSON.stringify(Object.fromEntries(told)));
}

function findPath(url, root) {
  if (!url.startsWith('file://')) return '';
  const address = new URL(url);
  address.search = address.hash = '';
  const path = fileURLToPath(address);
  const isOwn = path.startsWith(`${root}/`) && MODULE.test(path) && !path.includes('/node_modules/');
  return isOwn ? path.slice(root.length + 1) : '';
}

function readSource(path) {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return ''; // it is gone: what ran is not what lies there
  }
}

// Offsets count UTF-16 units of the text that ran; the first function is the whole of it.
function fit(source, script) {
  const length = script.functions[0]?.ranges[0]?.endOffset;
  if (source.length === length) return source;
  const bare = source.replace(/^\ufeff/, '');
  return bare.length === length ? bare : null;
}

// What V8 makes of a class's fields spans the class, and what stands in it.
function isWritten(one) {
  return !one.functionName.startsWith('<');
}

function findLines(source, functions) {
  const ranges = functions.flatMap((one) => one.ranges);
  ranges.sort((one, other) => one.startOffset - other.startOffset || other.endOffset - one.endOffset);
  const uncalled = functions.map((one) => one.ranges[0]).filter((one) => one.count === 0);
  uncalled.sort((one, other) => one.startOffset - other.startOffset);
  const found = [];
  const around = [];
  let [start, next, lazy] = [0, 0, 0];
  source.split('\n').forEach((text, index) => {
    const end = start + text.length;
    const sign = text.search(SIGN);
    const at = start + Math.max(0, sign);
    while (next < ranges.length && ranges[next].startOffset <= at) {
      while (around.length > 0 && around.at(-1).endOffset <= ranges[next].startOffset) around.pop();
      around.push(ranges[next]);
      next += 1;
    }
    while (around.length > 0 && around.at(-1).endOffset <= at) around.pop();
    let isWhole = true;
    for (; lazy < uncalled.length && uncalled[lazy].startOffset < end; lazy += 1) {
      if (uncalled[lazy].startOffset >= start && uncalled[lazy].endOffset <= end) isWhole = false;
    }
    if (sign >= 0 && isWhole && (around.at(-1)?.count ?? 0) > 0) found.push(index + 1);
    start = end + 1;
  });
  return found;
}
