// Whatever comes in on standard input, a hook ends well and an MCP session goes on.
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { mkdtempSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { test } from 'node:test';
import { Home } from './home.mjs';

const home = Home.shared();
const big = 50_000_000;

/** The same numbers in every run. */
function* numbers(seed = 20261122) {
    for (let state = seed; ; ) {
        state = Math.imul(state ^ state >>> 15, state | 1) + 0x6D2B79F5 | 0;
        yield (state ^ state >>> 14) >>> 0;
    }
}

const wrong = [null, true, -1, 1e308, '', '\u0000', '\ud800', [], [[]], {}, { a: 1 }, 'x'.repeat(70_000)];

/** Spoiled copies of a JSON object: cut off, with bytes changed, with members of other types. */
function* spoiled(object, count) {
    const bytes = Buffer.from(JSON.stringify(object));
    const next = numbers();
    const random = below => next.next().value % below;
    for (let i = 0; i < count; i++) {
        yield bytes.subarray(0, random(bytes.length));
        const changed = Buffer.from(bytes);
        for (let j = 0; j <= random(8); j++)
            changed[random(changed.length)] = random(256);
        yield changed;
        const keys = Object.keys(object);
        yield Buffer.from(JSON.stringify({ ...object, [keys[random(keys.length)]]: wrong[random(wrong.length)] }));
    }
}

/** The same for all. */
const odd = () => [
    '', ' ', '\n\n\n', 'null', '[]', '"text"', '{', '}{', '{}{}', '\ufeff{}', '1'.repeat(100_000),
    '['.repeat(200_000), '{"a":'.repeat(200_000), `{"prompt":${'['.repeat(100_000)}${']'.repeat(100_000)}}`,
].map(text => Buffer.from(text)).concat(Buffer.from(Array.from({ length: 5000 }, (_, i) => i * 7919 % 256)));

const hook = event => ({
    session_id: 'fuzz', transcript_path: join(home.folder, 'none.jsonl'), cwd: home.folder, hook_event_name: event,
    prompt: 'what do we know about the weather in March', source: 'user', last_assistant_message: 'nothing', reason: 'other', trigger: 'auto' });

async function runHook(event, input) {
    const folder = mkdtempSync(join(home.folder, 'hook-'));
    const program = home.spawnIn(folder, 'hook', event);
    const texts = { stdout: '', stderr: '' };
    for (const stream of Object.keys(texts))
        program[stream].on('data', text => { texts[stream] += text; });
    program.stdin.on('error', () => {}); // it need not read what it can't use
    program.stdin.end(input);
    const [code, signal] = await once(program, 'close');
    const what = `${event}: ${input.subarray(0, 100)}`;
    assert.deepEqual([code, signal, texts.stderr], [0, null, ''], what);
    assert.ok(texts.stdout === '' || typeof JSON.parse(texts.stdout) === 'object', what);
    assert.deepEqual(readdirSync(folder), [], what);
}

for (const event of ['UserPromptSubmit', 'SessionStart', 'Stop', 'NoSuchEvent']) {
    test(`recall hook ${event} ends with 0 and at most one object, whatever it is given`, async () => {
        for (const input of [...odd(), ...spoiled(hook(event), 10)])
            await runHook(event, input);
    });
}

test('recall hook is not impressed by 50 MB', async () => {
    await runHook('UserPromptSubmit', Buffer.from(JSON.stringify({ ...hook('UserPromptSubmit'), prompt: 'word '.repeat(big / 5) })));
    await runHook('Stop', Buffer.alloc(big, 0xff));
});

async function withSession(use) {
    const program = home.spawn('mcp');
    const waiting = new Map();
    const others = [];
    createInterface({ input: program.stdout }).on('line', line => {
        const message = JSON.parse(line); // nothing but protocol
        assert.equal(message.jsonrpc, '2.0');
        if (waiting.has(message.id))
            waiting.get(message.id)(message);
        else
            others.push(message);
    });
    const ask = (id, method, params) => new Promise(answered => {
        waiting.set(id, answered);
        program.stdin.write(`${JSON.stringify({ jsonrpc: '2.0', id, method, params })}\n`);
    });
    await ask('begin', 'initialize', { protocolVersion: '2025-11-25', capabilities: {}, clientInfo: { name: 'fuzz', version: '1' } });
    program.stdin.write('{"jsonrpc":"2.0","method":"notifications/initialized"}\n');
    await use(program.stdin, ask);
    program.stdin.end();
    assert.deepEqual(await once(program, 'exit'), [0, null]);
    assert.ok(others.every(message => message.error !== undefined), JSON.stringify(others).slice(0, 1000));
}

const request = { jsonrpc: '2.0', id: 4711, method: 'tools/call', params: { name: 'recall_status', arguments: {} } };

test('a session of recall mcp answers after every line that it can\'t read', () => withSession(async (stdin, ask) => {
    let asked = 0;
    for (const line of [...odd(), ...spoiled({ ...request, method: 'no/such' }, 30), ...spoiled({ ...request, params: { name: 5 } }, 10)]) {
        stdin.write(Buffer.concat([Buffer.from(line.map(byte => byte === 10 ? 32 : byte)), Buffer.from('\n')]));
        const id = `after ${asked++}`;
        assert.ok('result' in await ask(id, 'ping'), `${line.subarray(0, 100)}`);
    }
}));

test('a session of recall mcp survives a line of 50 MB', () => withSession(async (stdin, ask) => {
    stdin.write(`{"jsonrpc":"2.0","id":"big","method":"tools/call","params":{"name":"recall_search","arguments":{"query":"${'word '.repeat(big / 5)}"}}}\n`);
    assert.ok('result' in await ask('after', 'ping'));
}));
