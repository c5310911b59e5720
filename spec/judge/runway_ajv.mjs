// Judges what a client of retake sends to Runway, as it was taken from the wire, by Runway's own OpenAPI document and Ajv.
//
//   lua spec/judge/wire.lua >FILE; node spec/judge/runway_ajv.mjs FILE      prints "N passed, N failed", or "0 passed, 0 failed, 1 skipped" with the reason
//
// Ajv (npm install ajv) is looked for below AJV_DIR, then in the current folder. A request that arrived and breaks the document is a failure,
// whether retake wrote it badly or let a caller's mistake through.

import { readFileSync, existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = join(dirname(fileURLToPath(import.meta.url)), '..', '..');
const folder = [process.env.AJV_DIR, process.cwd()].filter(Boolean).find((at) => existsSync(join(at, 'node_modules/ajv/package.json')));
if (!folder) {
  console.log('skipped: Ajv is not installed (npm install ajv in the folder AJV_DIR names)');
  console.log('0 passed, 0 failed, 1 skipped');
  process.exit(0);
}
const require = createRequire(join(folder, 'node_modules', 'x.js'));
const Ajv = require('ajv/dist/2020').default;

const contract = JSON.parse(readFileSync(join(root, 'spec/contract/runway.json'), 'utf8'));
const ajv = new Ajv({ strict: false, allErrors: true, validateFormats: false });
let passed = 0;
let failed = 0;
const seen = new Set();

for (const line of readFileSync(process.argv[2] ?? 0, 'utf8').split('\n').filter(Boolean)) {
  const { path, body } = JSON.parse(line);
  const name = `${path} ${body.model}`;
  const schema = contract.schemas[name];
  const validate = schema && ajv.compile({ $defs: contract.$defs, ...schema });
  seen.add(name);
  if (validate && validate(body)) passed += 1;
  else {
    failed += 1;
    console.log(`${name}: ${validate ? ajv.errorsText(validate.errors).slice(0, 300) : 'the document has no such model'}`);
  }
}
for (const name of Object.keys(contract.schemas).filter((key) => key.startsWith('/') && !key.endsWith(' *'))) {
  if (seen.has(name)) passed += 1;
  else {
    failed += 1;
    console.log(`${name}: nothing was sent to it`);
  }
}
console.log(`${passed} passed, ${failed} failed`);
process.exit(failed ? 1 : 0);
