// The scenarios of the conformance suite that fit a server with tools and resources of its own. The others want a
// server made for the suite (tools such as test_simple_text, prompts, completions, sampling, elicitation, tasks, skills).
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync } from 'node:fs';
import { createServer, request } from 'node:http';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { Home } from './home.mjs';

const scenarios = {
    '2025-06-18': ['server-initialize', 'ping', 'tools-list', 'resources-list'],
    '2025-11-25': ['server-initialize', 'server-session-lifecycle', 'ping', 'tools-list', 'resources-list', 'dns-rebinding-protection'],
    '2026-07-28': ['server-stateless', 'tools-list', 'resources-list', 'sep-2164-resource-not-found', 'caching', 'dns-rebinding-protection', 'http-header-validation'],
};

/** What a server without prompts and without the suite's own tools can't show. */
const isFailure = ({ status, id, details }) => status === 'FAILURE' && !details?.untestable && id !== 'sep-2549-prompts-list-caching-hints';

const home = Home.shared();
const program = join(import.meta.dirname, 'node_modules', '@modelcontextprotocol', 'conformance', 'dist', 'index.js');

/** The suite can't send a token: this adds it, and passes all else on as it is. */
const proxy = createServer((from, to) => {
    const onward = request(home.mcpUrl, { method: from.method, path: from.url, headers: { ...from.headers, ...home.authorization } }, answer => {
        to.writeHead(answer.statusCode, answer.headers);
        answer.pipe(to);
    });
    onward.on('error', () => to.destroy());
    to.on('close', () => onward.destroy());
    from.pipe(onward);
});

before(() => new Promise(listening => proxy.listen(0, '127.0.0.1', listening)));
after(() => { proxy.closeAllConnections(); proxy.close(); });

for (const [version, names] of Object.entries(scenarios)) {
    describe(version, { concurrency: 2 }, () => {
        for (const name of names) {
            test(name, async () => {
                const results = mkdtempSync(join(home.folder, 'conformance-'));
                const output = await new Promise(ended => execFile(
                    process.execPath,
                    [program, 'server', '--url', `http://127.0.0.1:${proxy.address().port}/mcp`, '--scenario', name, '--spec-version', version, '--output-dir', results],
                    { cwd: home.folder, env: home.environment }, (_, stdout, stderr) => ended(stdout + stderr)));
                const checks = readdirSync(results, { recursive: true }).filter(file => file.endsWith('checks.json'))
                    .flatMap(file => JSON.parse(readFileSync(join(results, file), 'utf8')));
                assert.ok(checks.some(check => check.status === 'SUCCESS'), output);
                assert.deepEqual(checks.filter(isFailure).map(check => `${check.id}: ${check.errorMessage}`), []);
            });
        }
    });
}
