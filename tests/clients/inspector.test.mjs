// The inspector's command line.
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { test } from 'node:test';
import { promisify } from 'node:util';
import { Home, recallPath } from './home.mjs';

const home = Home.shared();
const program = join(import.meta.dirname, 'node_modules', '@modelcontextprotocol', 'inspector', 'clients', 'launcher', 'build', 'index.js');
const inspect = async (target, ...args) =>
    JSON.parse((await promisify(execFile)(process.execPath, [program, '--cli', ...target, ...args], { cwd: home.folder, env: home.environment, maxBuffer: 1 << 24 })).stdout);
const targets = {
    stdio: () => [recallPath, 'mcp', '-e', `LOCALRECALL_HOME=${home.folder}`], // it passes on next to nothing of its own environment
    HTTP: () => ['--transport', 'http', '--server-url', home.mcpUrl.href, '--header', `Authorization: ${home.authorization.Authorization}`],
};

for (const [name, target] of Object.entries(targets)) {
    test(`over ${name} it lists the tools and has nothing to say against their schemas`, async () => {
        const { tools } = await inspect(target(), '--method', 'tools/list', '--strict');
        assert.equal(tools.length, 10);
    });

    test(`over ${name} it calls a tool`, async () => {
        await home.recall('add', `What the inspector finds over ${name} is this sentence.`, '-w', 'inspected');
        const { content } = await inspect(
            target(), '--method', 'tools/call', '--tool-name', 'recall_search', '--tool-arg', `query=what the inspector finds over ${name}`, 'limit=3');
        assert.match(content[0].text, /is this sentence/);
    });
}
