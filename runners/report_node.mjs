// Runs inside a sandbox, beside untrusted code: a reporter of `node --test` that writes each test down as a line of JSON.
// What it writes is no proof; whoever reads it back holds it against the exit code.
import { appendFileSync } from 'node:fs';

const PLACE = process.env.YANTRA_NODE_REPORT;
const MOST_CHARACTERS = 4000;

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

export default async function* report(events) {
  const open = [];
  for await (const { type, data } of events) {
    if (type === 'test:start') {
      open.length = data.nesting;
      open.push(data.name);
    } else if ((type === 'test:pass' || type === 'test:fail') && !isOnlyAGroup(data)) {
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
}
