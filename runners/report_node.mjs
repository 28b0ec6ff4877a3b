// Runs inside a sandbox, beside untrusted code: a reporter of `node --test` that writes each test down as a line of JSON.
// What it writes is no proof; whoever reads it back holds it against the exit code.
import { appendFileSync } from 'node:fs';
import { writeLines } from './cover_node.mjs';

const PLACE = process.env.YANTRA_NODE_REPORT;
const MOST_CHARACTERS = 4000;
const LEFT_OUT = 'test name does not match pattern';

function describe(error) {
  const cause = error?.cause ?? error;
  const text = typeof cause === 'string' ? cause : cause?.stack ?? cause?.message ?? String(cause);
  return String(text).slice(0, MOST_CHARACTERS);
}

// A group whose tests failed is no failed test of its own.
function isOnlyAGroup(data) {
  const type = data.details?.type;
  return type === 'suite' && (data.details.error === undefined || data.details.error.failureType === 'subtestsFailed');
}

// The processes of the tests have ended by now, and each has written down what it counted.
function cover() {
  const { NODE_V8_COVERAGE: folder, YANTRA_NODE_COUNTS: own, YANTRA_NODE_ROOT: root, YANTRA_NODE_LINES: place } = process.env;
  if (own === undefined || folder !== own) return; // the repository counts for itself, in a folder of its own
  try {
    writeLines(folder, root, place);
  } catch (problem) {
    process.stderr.write(`It is not known which lines ran: ${problem}\n`);
  }
}

export default async function* report(events) {
  const open = [];
  for await (const { type, data } of events) {
    if (type === 'test:start') {
      open.length = data.nesting;
      open.push(data.name);
    } else if ((type === 'test:pass' || type === 'test:fail') && data.skip !== LEFT_OUT && !isOnlyAGroup(data)) {
      const line = {
        file: data.file ?? '',
        names: [...open.slice(0, data.nesting), data.name],
        status: data.skip !== undefined || data.todo !== undefined ? 'skipped' : type.slice('test:'.length),
        seconds: (data.details?.duration_ms ?? 0) / 1000,
        message: type === 'test:fail' ? describe(data.details?.error) : '',
      };
      appendFileSync(PLACE, `${JSON.stringify(line)}\n`);
    }
  }
  cover();
}
