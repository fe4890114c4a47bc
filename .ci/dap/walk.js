// Walks through dumps by a DebugClient, and validates every message, see run.sh.
'use strict';

const Ajv = require('ajv');
const fs = require('fs');
const path = require('path');
const { DebugClient } = require('@vscode/debugadapter-testsupport');

const [coredumpy, schemaFile, ...dumps] = process.argv.slice(2);
const { definitions } = JSON.parse(fs.readFileSync(schemaFile, 'utf8'));

// closed returns a schema that allows no unknown properties: the protocol's leaves objects open,
// so that a misspelt optional one would pass. What allOf combines must be merged before.
function closed(schema) {
  if (Array.isArray(schema)) return schema.map(closed);
  if (!schema || typeof schema !== 'object') return schema;
  if (schema.allOf) schema = merged(schema);
  const out = {};
  for (const [key, value] of Object.entries(schema)) {
    const each = ([name, property]) => [name, closed(property)];
    out[key] = key === 'properties' ? Object.fromEntries(Object.entries(value).map(each)) : closed(value);
  }
  if (out.properties && out.additionalProperties === undefined) out.additionalProperties = false;
  return out;
}

function merged(schema) {
  const all = { properties: {}, required: [] };
  for (let part of schema.allOf) {
    if (part.$ref) part = definitions[part.$ref.split('/').pop()];
    if (part.allOf) part = merged(part);
    for (const [name, property] of Object.entries(part.properties || {})) all.properties[name] = property;
    all.required.push(...(part.required || []));
  }
  return { type: 'object', properties: all.properties, required: [...new Set(all.required)] };
}

const ajv = new Ajv({ strict: false, allErrors: true });
ajv.addSchema({ $id: 'dap', definitions: closed(definitions) });

const counts = { messages: 0, requests: 0, failures: 0, dumps: 0 };
const problems = [];

function problem(dump, text) {
  problems.push(`${path.basename(dump)}: ${text}`);
}

// ours are requests that the protocol doesn't have.
const ours = { inlineValues: 'Response' };

function definitionOf(m) {
  const capital = (name) => name[0].toUpperCase() + name.slice(1);
  if (m.type === 'event') return `${capital(m.event)}Event`;
  if (!m.success) return 'ErrorResponse';
  return ours[m.command] || `${capital(m.command)}Response`;
}

// watch validates what the server sends, and notes which requests wait for an answer.
function watch(client, dump) {
  const waiting = new Map();
  const send = client.doSend.bind(client);
  client.doSend = (command, args, done) => {
    waiting.set(client.sequence, command);
    counts.requests++;
    send(command, args, done);
  };
  const dispatch = client.dispatch.bind(client);
  let last = 0;
  client.dispatch = (body) => {
    const m = JSON.parse(body);
    counts.messages++;
    if (m.seq !== ++last) problem(dump, `seq ${m.seq} follows ${last - 1}`);
    if (m.type === 'response') {
      if (waiting.get(m.request_seq) !== m.command) problem(dump, `an answer to ${m.request_seq} ${m.command}`);
      waiting.delete(m.request_seq);
      if (!m.success) counts.failures++;
    }
    const name = definitionOf(m);
    const valid = ajv.getSchema(`dap#/definitions/${name}`);
    if (!valid) problem(dump, `${name} is not in the protocol`);
    else if (!valid(m)) problem(dump, `${name}: ${ajv.errorsText(valid.errors)}: ${body.slice(0, 500)}`);
    dispatch(body);
  };
  return waiting;
}

// walk opens a dump, and asks for all that an editor does.
async function walk(dump) {
  const client = new DebugClient(coredumpy, 'host', 'coredumpy', undefined, true);
  await client.start();
  const waiting = watch(client, dump);
  const ask = (command, args) => client.send(command, args);
  const fails = async (command, args) => {
    const failed = await ask(command, args).then(() => false, () => true);
    if (!failed) problem(dump, `${command} ${JSON.stringify(args)} succeeds`);
  };
  const may = (command, args) => ask(command, args).catch(() => undefined);
  const initialized = client.waitForEvent('initialized');
  const stopped = client.waitForEvent('stopped');
  await ask('initialize', { adapterID: 'coredumpy', linesStartAt1: true, columnsStartAt1: true, pathFormat: 'path',
    supportsVariableType: true, supportsVariablePaging: true, supportsMemoryReferences: true });
  await ask('launch', { dump: path.resolve(dump) });
  await initialized;
  await ask('setBreakpoints', { source: { path: '/x.go' }, breakpoints: [{ line: 1 }] });
  await ask('setExceptionBreakpoints', { filters: [] });
  await ask('configurationDone');
  await stopped;
  const { threads } = (await ask('threads')).body;
  for (const thread of threads.slice(0, 20)) {
    await may('exceptionInfo', { threadId: thread.id });
    const { stackFrames } = (await ask('stackTrace', { threadId: thread.id, startFrame: 0, levels: 20 })).body;
    for (const frame of stackFrames.slice(0, 8)) await frameOf(ask, may, frame);
  }
  for (const command of ['modules', 'loadedSources']) await ask(command, {});
  for (const command of ['next', 'stepIn', 'stepOut', 'continue', 'pause']) await fails(command, { threadId: 1 });
  await fails('nothing', {});
  await fails('variables', { variablesReference: 1e9 });
  await client.stop(); // by disconnect
  if (waiting.size > 0) problem(dump, `no answer to ${[...waiting.values()]}`);
  counts.dumps++;
}

// frameOf asks about a frame.
async function frameOf(ask, may, frame) {
  const { scopes } = (await ask('scopes', { frameId: frame.id })).body;
  let left = 60;
  const expand = async (reference, depth) => {
    for (const v of (await ask('variables', { variablesReference: reference, count: 30 })).body.variables) {
      if (left-- <= 0) return;
      if (v.evaluateName) {
        for (const context of ['watch', 'hover', 'clipboard']) {
          await may('evaluate', { expression: v.evaluateName, frameId: frame.id, context });
        }
      }
      if (v.memoryReference) await ask('readMemory', { memoryReference: v.memoryReference, offset: 0, count: 16 });
      if (v.variablesReference && depth < 3) await expand(v.variablesReference, depth + 1);
    }
  };
  for (const scope of scopes) await expand(scope.variablesReference, 0);
  if (frame.source && frame.source.sourceReference) {
    await ask('source', { source: frame.source, sourceReference: frame.source.sourceReference });
  }
  await ask('inlineValues', { frameId: frame.id, startLine: 1, endLine: 1000 });
  await may('evaluate', { expression: 'bt', frameId: frame.id, context: 'repl' });
  await ask('completions', { frameId: frame.id, text: 'go', column: 3 });
}

(async () => {
  for (const dump of dumps) {
    try {
      await walk(dump);
    } catch (error) {
      problem(dump, error.stack || String(error));
    }
  }
  const { dumps: walked, requests, failures, messages } = counts;
  console.log(`${walked} dumps, ${requests} requests, ${failures} refused, ${messages} messages`);
  for (const p of problems.slice(0, 50)) console.log(p);
  process.exit(problems.length > 0 || counts.dumps === 0 ? 1 : 0);
})();
