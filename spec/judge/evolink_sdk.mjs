// Judges the simulator with EvoLink's own client: if that takes it for the real service, so may a client under test.
//
//   node spec/judge/evolink_sdk.mjs      prints "N passed, N failed", or "0 passed, 0 failed, 1 skipped" with the reason
//
// The client (npm install @evolinkai/evolink-media) is looked for below EVOLINK_SDK_DIR, then in the current folder. It is a server of tools
// that knows one address only, so its fetch is led to the simulator. LUA names the interpreter (lua5.4).

import { spawn } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';

const root = join(dirname(fileURLToPath(import.meta.url)), '..', '..');

function findModules() {
  for (const folder of [process.env.EVOLINK_SDK_DIR, process.cwd()].filter(Boolean)) {
    const modules = join(folder, 'node_modules');
    if (existsSync(join(modules, '@evolinkai/evolink-media/package.json'))) return modules;
  }
}

const modules = findModules();
if (!modules) {
  console.log('skipped: the client is not installed (npm install @evolinkai/evolink-media in the folder EVOLINK_SDK_DIR names)');
  console.log('0 passed, 0 failed, 1 skipped');
  process.exit(0);
}
process.env.EVOLINK_API_KEY = 'sk-evo-' + 'a'.repeat(40);
const load = (path) => import(pathToFileURL(join(modules, path)).href);
const core = '@evolinkai/evolink-media/dist/core/src/';
const { createServer, createConfig } = await load(core + 'server.js');
const api = await load(core + 'services/api-client.js');
const files = await load(core + 'services/file-client.js');
const { Client } = await load('@modelcontextprotocol/sdk/dist/esm/client/index.js');
const { InMemoryTransport } = await load('@modelcontextprotocol/sdk/dist/esm/inMemory.js');

// The client waits seconds before it tries again; only those waits are shortened.
const realSetTimeout = globalThis.setTimeout;
globalThis.setTimeout = (callback, wait, ...rest) => realSetTimeout(callback, wait > 1000 && wait < 9000 ? wait / 300 : wait, ...rest);

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

const realFetch = globalThis.fetch;
globalThis.fetch = (url, options) => realFetch(String(url).replace(/^https:\/\/(files-)?api\.evolink\.ai/, baseURL), options);

const script = async (value) => {
  const answer = await realFetch(baseURL + '/_simulator/script', { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(value) });
  if (answer.status !== 200) throw new Error(await answer.text());
};
const log = async () => (await realFetch(baseURL + '/_simulator/log')).json();

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

const config = createConfig('official');
const [ours, theirs] = InMemoryTransport.createLinkedPair();
await createServer(config).connect(theirs);
const client = new Client({ name: 'judge', version: '1' });
await client.connect(ours);
const tool = async (name, args) => {
  const answer = await client.callTool({ name, arguments: args });
  return { text: answer.content[0].text, isError: answer.isError === true };
};
const submit = (fields) => api.apiRequest(config, { method: 'POST', path: '/v1/images/generations', body: { model: 'gpt-image-1', prompt: 'a boat', ...fields } });

async function succeeds() {
  await script({ estimated_time: 42, tasks: [{ states: ['pending', ['processing', 0.4], 'completed'] }] });
  const made = await tool('generate_video', { prompt: 'a paper boat', model: 'veo-3.1-fast-generate-preview', duration: 8, aspect_ratio: '16:9' });
  const id = made.text.match(/Task ID: (task-unified-\S+)/)?.[1];
  check('generate_video answers a task id', id !== undefined && !made.isError);
  check('with the estimated time', made.text.includes('~42s'));
  check('and the estimated cost', made.text.includes('80 credits (per_second)'));
  check('it is pending first', (await tool('check_task', { task_id: id })).text.includes('Status: pending'));
  check('then processing, at 40%', (await tool('check_task', { task_id: id })).text.includes('Progress: 40%'));
  const done = (await tool('check_task', { task_id: id })).text;
  check('then completed', done.includes('Status: completed'));
  const link = done.match(/\[1\] (\S+)/)?.[1];
  const file = await realFetch(link);
  const bytes = Buffer.from(await file.arrayBuffer());
  check('its link serves an MP4', bytes.subarray(4, 8).toString() === 'ftyp');
}

async function everyKind() {
  await script({ tasks: [{ states: ['completed'] }] });
  const image = await tool('generate_image', { prompt: 'a boat', model: 'gpt-image-1', size: '1024x1024', n: 2 });
  const imageTask = (await tool('check_task', { task_id: image.text.match(/task-unified-\S+/)[0] })).text;
  check('two images, two links', imageTask.includes('[2] '));
  const song = await tool('generate_music', { prompt: 'a song', model: 'suno-v5', custom_mode: false, instrumental: true });
  check('a song is submitted', /task-unified-/.test(song.text) && !song.isError);
}

async function fails() {
  const codes = { content_policy_violation: 'No', invalid_parameters: 'No', generation_timeout: 'Yes', resource_exhausted: 'Yes', image_dimension_mismatch: 'No' };
  for (const [code, retryable] of Object.entries(codes)) {
    await script({ tasks: [{ states: [{ state: 'failed', code, failure: 'told' }] }] });
    const { id } = await submit();
    const text = (await tool('check_task', { task_id: id })).text;
    check(code + ' is shown as it is', text.includes('Error code: ' + code) && text.includes('Message: told') && text.includes('Retryable: ' + retryable));
  }
  await script({ tasks: [{ states: [{ state: 'failed', failure: false }] }] });
  const { id } = await submit();
  check('a failure without a reason is its unknown error', (await tool('check_task', { task_id: id })).text.includes('Unknown error occurred'));
}

async function refuses() {
  const statuses = { 400: 'Invalid request parameters', 401: 'Invalid or expired token', 402: 'Insufficient quota', 403: 'permission', 404: 'not found', 500: 'Internal server error' };
  for (const shape of ['A', 'B', 'C']) {
    for (const [status, words] of Object.entries(statuses)) {
      await script({ faults: [{ on: 'submit', status: Number(status), shape, times: 'always' }] });
      const error = await caught(() => submit());
      check(`HTTP ${status} in shape ${shape} is an ApiHttpError with its words`, error instanceof api.ApiHttpError && error.status === Number(status) && error.message.includes(words));
    }
  }
  await script({ balance: 1 });
  check('no credits is a 402', (await caught(() => submit()))?.status === 402);
  await script({});
  const hint = await tool('generate_image', { prompt: 'x', model: 'gpt-image-1', image_urls: ['https://example.com/a.png'], n: 1 });
  check('a valid image edit is accepted', !hint.isError);
  check('an unknown task is a 404', (await caught(() => api.queryTask(config, 'task-unified-1-00000000')))?.status === 404);
}

async function triesAgain() {
  await script({ faults: [{ on: 'submit', status: 429, shape: 'B' }] });
  check('429 once: the client submits again and succeeds', typeof (await submit()).id === 'string');
  await script({ faults: [{ on: 'poll', status: 503, times: 3 }], tasks: [{ states: ['completed'] }] });
  const { id } = await submit();
  check('503 three times: the client reads on', (await api.queryTask(config, id)).status === 'completed');
  // The reason for the library under test: without a key of its own, a submission sent again is paid for again.
  await script({ faults: [{ on: 'submit', status: 502, after_accept: true }] });
  await submit();
  const paid = (await log()).filter((entry) => entry.operation === 'submit' && entry.billed);
  check('accepted, then 502: the client submits again and both are billed', paid.length === 2);
}

async function keepsFiles() {
  await script({ files: 2 });
  const folder = mkdtempSync(join(tmpdir(), 'retake-judge-'));
  const path = join(folder, 'boat.png');
  writeFileSync(path, Buffer.concat([Buffer.from('\x89PNG\r\n\x1a\n', 'latin1'), Buffer.alloc(200000)]));
  const stored = await tool('upload_file', { file_path: path });
  rmSync(folder, { recursive: true });
  check('upload_file answers a URL', /File URL: https:\/\/\S+\.png/.test(stored.text) && stored.text.includes('Type: image/png'));
  const id = stored.text.match(/File ID: (\S+)/)[1];
  check('a file by URL', (await files.fileUrlUpload('https://example.com/a.png')).success === true);
  const full = await caught(() => files.fileUrlUpload('https://example.com/b.png'));
  check('a full storage is an ApiHttpError with 40003, under HTTP 200', full instanceof api.ApiHttpError && full.status === 40003);
  check('the list has both', (await files.fileList()).data.total === 2);
  check('delete', (await files.fileDelete(id)).success === true);
  check('and it is gone', (await caught(() => files.fileDelete(id)))?.status === 404);
}

try {
  for (const part of [succeeds, everyKind, fails, refuses, triesAgain, keepsFiles]) {
    const error = await caught(part);
    if (error) check(part.name + ' ran to its end: ' + error.stack, false);
  }
} finally {
  child.stdin.end();
}
console.log(`${passed} passed, ${failed} failed`);
process.exitCode = failed > 0 ? 1 : 0;
