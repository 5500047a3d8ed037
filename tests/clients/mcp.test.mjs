// Every MCP session can do the same.
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { randomUUID } from 'node:crypto';
import { after, before, describe, test } from 'node:test';
import { Home } from './home.mjs';
import { connect, probing, read, sessions, stdioTransport } from './mcp-sessions.mjs';

const home = Home.shared();
const tools = [
    'episodic_create', 'episodic_get', 'episodic_search', 'thinking_get', 'thinking_search',
    'recall_search', 'memory_list', 'memory_update', 'memory_forget', 'recall_status'];
const call = (client, name, args = {}) => client.callTool({ name, arguments: args });

/** A memory that nothing else is like. */
const memory = (about = `w${randomUUID().replaceAll('-', '')}`) => ({
    subject: `What ${about} means`, keywords: [about], applies_to: 'global', content: `The word ${about} was made up for a test and means nothing at all.` });

for (const [name, begin] of sessions) {
    describe(name, () => {
        let client;
        before(async () => { client = await begin(home); });
        after(() => client?.close());

        test('knows the server and its tools', async () => {
            assert.equal(client.getServerVersion().name, 'localrecall');
            assert.ok(Buffer.byteLength(client.getInstructions() ?? '') <= 2048);
            const { tools: listed } = await client.listTools();
            assert.deepEqual(listed.map(tool => tool.name).sort(), [...tools].sort());
            for (const { name: tool, description, inputSchema } of listed) {
                assert.ok(description.length > 20 && Buffer.byteLength(description) <= 2048, tool);
                assert.equal(inputSchema.type, 'object');
            }
        });

        test('a fact that it creates is found by recall, and by itself', async () => {
            const fact = memory();
            const { success, id } = read(await call(client, 'episodic_create', fact));
            assert.equal(success, true);
            const { results: [found] } = await home.recallJson('search', fact.keywords[0]);
            assert.deepEqual([found.id, found.subject, found.content, found.kind], [id, fact.subject, fact.content, 'episodic']);

            const got = read(await call(client, 'episodic_get', { id }));
            assert.deepEqual([got.id, got.content, got.keywords], [id, fact.content, fact.keywords]);
        });

        test('a search has the shape that users know', async () => {
            const fact = memory();
            await home.recall('add', fact.content, '--subject', fact.subject, '-w', fact.keywords[0]);
            const { results: [hit], total, tokens_used } = read(await call(client, 'episodic_search', { query: fact.keywords[0], limit: 3 }));
            assert.deepEqual(Object.keys(hit).sort(), ['applies_to', 'content', 'id', 'keywords', 'occurred_at', 'similarity', 'subject']);
            assert.deepEqual([hit.subject, hit.content, hit.applies_to], [fact.subject, fact.content, 'global']);
            assert.ok(hit.similarity > 0 && hit.similarity <= 1 && total >= 1 && tokens_used > 0);
        });

        test('results respect max_tokens', async () => {
            const about = memory().keywords[0];
            for (const i of [1, 2, 3])
                await home.recall('add', `${about} ${i}: ${'a sentence that takes room and says little. '.repeat(20)}`, '-w', about);
            for (const max_tokens of [100, 400])
                assert.ok(read(await call(client, 'recall_search', { query: about, max_tokens })).tokens_used <= max_tokens);
        });

        test('an unknown memory is an error with a code', async () => {
            const result = await call(client, 'episodic_get', { id: randomUUID() });
            assert.equal(result.isError, true);
            assert.match(result.content[0].text, /not[-_ ]found/i);
        });

        test('an argument of a wrong type is an error, and the session goes on', async () => {
            const outcome = await call(client, 'episodic_search', { query: { no: 'text' } }).catch(e => e);
            assert.ok(outcome.isError === true || outcome.code === -32602, JSON.stringify(outcome));
            assert.ok(read(await call(client, 'recall_status')));
        });

        test('an unknown tool is an error', async () => {
            const outcome = await call(client, 'no_such_tool').catch(e => e);
            assert.ok(outcome.isError === true || outcome.code === -32602 || outcome.code === -32601, JSON.stringify(outcome));
        });

        test('what it updates and forgets has changed and gone for all', async () => {
            const { id } = read(await call(client, 'episodic_create', memory()));
            assert.notEqual((await call(client, 'memory_update', { id, subject: 'Another subject' })).isError, true);
            const listed = read(await call(client, 'memory_list', { limit: 100 }));
            assert.ok(JSON.stringify(listed).includes('Another subject'));
            assert.notEqual((await call(client, 'memory_forget', { id })).isError, true);
            await assert.rejects(home.recall('get', id), e => e.code === 3);
        });

        test('a memory is a resource', async () => {
            const fact = memory();
            const { id } = read(await call(client, 'episodic_create', fact));
            const { contents: [resource] } = await client.readResource({ uri: `recall://memory/${id}` });
            assert.equal(resource.uri, `recall://memory/${id}`);
            assert.ok(resource.text.includes(fact.content));
            await assert.rejects(client.readResource({ uri: `recall://memory/${randomUUID()}` }));
        });

        test('calls at the same time get their own answers', async () => {
            const facts = Array.from({ length: 8 }, () => memory());
            const made = await Promise.all(facts.map(async fact => read(await call(client, 'episodic_create', fact)).id));
            const got = await Promise.all(made.map(async id => read(await call(client, 'episodic_get', { id })).content));
            assert.deepEqual(got, facts.map(fact => fact.content));
        });
    });
}

test('a client that probes first finds the newest revision', async () => {
    const client = await connect(probing(), stdioTransport(home));
    try {
        assert.equal(client.getNegotiatedProtocolVersion(), '2026-07-28');
        assert.equal((await client.listTools()).tools.length, tools.length);
    } finally {
        await client.close();
    }
});

test('recall mcp ends with its standard input, and has printed nothing else', async () => {
    const shim = home.spawn('mcp');
    let output = '';
    shim.stdout.on('data', text => { output += text; });
    shim.stdin.end();
    const [code, signal] = await once(shim, 'exit');
    assert.deepEqual([code, signal, output], [0, null, '']);
});

test('a session does not notice that its host is replaced', async () => {
    const own = await Home.start();
    try {
        for (const [, begin] of sessions.filter(([name]) => name.endsWith('stdio'))) {
            const client = await begin(own);
            try {
                const { id } = read(await call(client, 'episodic_create', memory()));
                process.kill(own.endpoint.pid, 'SIGKILL');
                assert.equal(read(await call(client, 'episodic_get', { id })).id, id);
            } finally {
                await client.close();
            }
        }
    } finally {
        own.stop();
    }
});

test('over HTTP, a foreign origin and a missing token are refused', async () => {
    const post = headers => fetch(home.mcpUrl, {
        method: 'POST', body: JSON.stringify({ jsonrpc: '2.0', id: 0, method: 'ping' }),
        headers: { 'Content-Type': 'application/json', Accept: 'application/json, text/event-stream', ...headers } });
    assert.equal((await post({ ...home.authorization, Origin: 'http://evil.example' })).status, 403);
    assert.equal((await post({})).status, 401);
});
