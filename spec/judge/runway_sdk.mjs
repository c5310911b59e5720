// Judges the simulator with Runway's own SDK: if that takes it for the real service, so may a client under test.
//
//   node spec/judge/runway_sdk.mjs       prints "N passed, N failed", or "0 passed, 0 failed, 1 skipped" with the reason
//
// The SDK (npm install @runwayml/sdk) is looked for below RUNWAY_SDK_DIR, then in the current folder. LUA names the interpreter (lua5.4).

import { spawn } from 'node:child_process';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = join(dirname(fileURLToPath(import.meta.url)), '..', '..');

function findSdk() {
  for (const folder of [process.env.RUNWAY_SDK_DIR, process.cwd()].filter(Boolean)) {
    try {
      return createRequire(join(folder, 'x.js'))('@runwayml/sdk');
    } catch (error) {
      if (error.code !== 'MODULE_NOT_FOUND') throw error;
    }
  }
}

const sdk = findSdk();
if (!sdk) {
  console.log('skipped: the SDK is not installed (npm install @runwayml/sdk in the folder RUNWAY_SDK_DIR names)');
  console.log('0 passed, 0 failed, 1 skipped');
  process.exit(0);
}
const RunwayML = sdk.default;
const { TaskFailedError, toFile } = sdk;

// The SDK waits six seconds between polls; only those waits are shortened.
const realSetTimeout = globalThis.setTimeout;
globalThis.setTimeout = (callback, wait, ...rest) => realSetTimeout(callback, wait > 2000 && wait < 9000 ? wait / 300 : wait, ...rest);

const child = spawn(process.env.LUA || 'lua5.4', [join(root, 'bin', 'retake'), 'simulate', '--exit-with-stdin'], { stdio: ['pipe', 'pipe', 'inherit'] });
const baseURL = await new Promise((resolve, reject) => {
  let text = '';
  child.stdout.on('data', (piece) => {
    text += piece;
    const ready = text.match(/listening on (\S+)\n/);
    if (ready) resolve(ready[1]);
  });
  child.on('exit', () => reject(new Error('the simulator did not start')));
});

const client = new RunwayML({ apiKey: 'key_' + 'a'.repeat(128), baseURL });
const script = async (value) => {
  const answer = await fetch(baseURL + '/_simulator/script', { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(value) });
  if (answer.status !== 200) throw new Error(await answer.text());
};
const log = async () => (await fetch(baseURL + '/_simulator/log')).json();

let passed = 0;
let failed = 0;
function check(what, holds) {
  if (holds) passed += 1;
  else {
    failed += 1;
    console.log('not ok: ' + what);
  }
}
async function caught(work) {
  try {
    await work();
  } catch (error) {
    return error;
  }
}

const boat = { model: 'gen4.5', promptText: 'a paper boat', ratio: '1280:720', duration: 5 };

async function succeeds() {
  await script({ tasks: [{ states: ['THROTTLED', ['RUNNING', 0.4], 'SUCCEEDED'] }] });
  const created = await client.textToVideo.create(boat);
  check('create answers an id', /^[0-9a-f-]{36}$/.test(created.id));
  check('create answers the estimated cost', created.estimatedCost.credits === 60);
  const task = await client.textToVideo.create(boat).waitForTaskOutput();
  check('waitForTaskOutput ends on SUCCEEDED with one link', task.status === 'SUCCEEDED' && task.output.length === 1);
  const file = await fetch(task.output[0]);
  const bytes = Buffer.from(await file.arrayBuffer());
  check('the link serves an MP4', file.headers.get('content-type') === 'video/mp4' && bytes.subarray(4, 8).toString() === 'ftyp');
  check('its length is announced', Number(file.headers.get('content-length')) === bytes.length);
}

async function fails() {
  await script({ tasks: [{ states: ['PENDING', { state: 'FAILED', code: 'INTERNAL.BAD_OUTPUT.CODE01', failure: 'An unexpected error occurred.' }] }] });
  const error = await caught(() => client.textToVideo.create(boat).waitForTaskOutput());
  check('FAILED is a TaskFailedError', error instanceof TaskFailedError);
  check('with the failure code', error?.taskDetails?.failureCode === 'INTERNAL.BAD_OUTPUT.CODE01');
  check('and a refund', error?.taskDetails?.cost?.credits === 0);
  const organization = await client.organization.retrieve();
  check('the balance is whole again', organization.creditBalance === 100000);
  check('the organization has tier and usage', organization.tier.models['gen4.5'].maxConcurrentGenerations > 0 && organization.usage.models['gen4.5'].dailyGenerations === 1);
}

async function uploads() {
  await script({});
  const bytes = Buffer.alloc(300000, 7);
  const { uri } = await client.uploads.createEphemeral({ file: await toFile(bytes, 'boat.mp4') });
  check('createEphemeral answers a runway:// URI', uri.startsWith('runway://'));
  const task = await client.videoToVideo.create({ model: 'aleph2', promptText: 'make it snow', videoUri: uri });
  check('the URI is taken as input', typeof task.id === 'string');
  const error = await caught(() => client.uploads.createEphemeral({ file: smallFile() }));
  check('a file under 512 bytes is refused by the storage', error?.status === 400);
}
function smallFile() {
  return new File([Buffer.alloc(10)], 'small.png', { type: 'image/png' });
}

async function refuses() {
  await script({ balance: 10 });
  check('no credits is a 400', (await caught(() => client.textToVideo.create(boat)))?.status === 400);
  await script({});
  const invalid = await caught(() => client.textToVideo.create({ ...boat, ratio: '1:1' }));
  check('a wrong value is a BadRequestError', invalid instanceof RunwayML.BadRequestError);
  check('its body lists the issue', invalid?.error?.issues?.[0]?.path?.[0] === 'ratio');
  const stranger = new RunwayML({ apiKey: 'nonsense', baseURL });
  check('a bad key is an AuthenticationError', (await caught(() => stranger.organization.retrieve())) instanceof RunwayML.AuthenticationError);
  check('an unknown task is a NotFoundError', (await caught(() => client.tasks.retrieve('17f20503-6c24-4c16-946b-35dbbce2af2f'))) instanceof RunwayML.NotFoundError);
}

async function cancels() {
  await script({ tasks: [{ states: [['RUNNING', 0.1]] }] });
  const { id } = await client.textToVideo.create(boat);
  await client.tasks.delete(id);
  check('a deleted task is gone', (await caught(() => client.tasks.retrieve(id))) instanceof RunwayML.NotFoundError);
}

// The reason for the library under test: the SDK sends an accepted, lost submission again, and pays twice.
async function paysTwice() {
  await script({ faults: [{ on: 'submit', action: 'reset', after_accept: true }] });
  await client.textToVideo.create(boat);
  const paid = (await log()).filter((entry) => entry.operation === 'submit' && entry.billed);
  check('accepted, then reset: the SDK submits again and both are billed', paid.length === 2);
}

async function validInputs() {
  await script({});
  const image = 'https://cdn.example.com/boat.png';
  const requests = [
    () => client.imageToVideo.create({ model: 'gen4_turbo', promptImage: image, ratio: '1280:720' }),
    () => client.imageToVideo.create({ model: 'veo3.1', promptImage: [{ uri: image, position: 'first' }, { uri: image, position: 'last' }], ratio: '1280:720', duration: 8 }),
    () => client.textToImage.create({ model: 'gen4_image', promptText: '@boat at sea', ratio: '1920:1080', referenceImages: [{ uri: image, tag: 'boat' }] }),
    () => client.characterPerformance.create({ model: 'act_two', character: { type: 'image', uri: image }, reference: { type: 'video', uri: 'https://cdn.example.com/a.mp4' }, ratio: '1280:720' }),
  ];
  for (const [index, request] of requests.entries()) check('valid request ' + index + ' is accepted', typeof (await request()).id === 'string');
}

try {
  for (const part of [succeeds, fails, uploads, refuses, cancels, paysTwice, validInputs]) {
    const error = await caught(part);
    if (error) check(part.name + ' ran to its end: ' + error.stack, false);
  }
} finally {
  child.stdin.end();
}
console.log(`${passed} passed, ${failed} failed`);
process.exitCode = failed > 0 ? 1 : 0;
