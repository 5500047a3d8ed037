// Sessions of both generations of the MCP client, over both transports.
import { Client as Client2, StreamableHTTPClientTransport as Http2 } from '@modelcontextprotocol/client';
import { StdioClientTransport as Stdio2 } from '@modelcontextprotocol/client/stdio';
import { Client as Client1 } from '@modelcontextprotocol/sdk/client/index.js';
import { StdioClientTransport as Stdio1 } from '@modelcontextprotocol/sdk/client/stdio.js';
import { StreamableHTTPClientTransport as Http1 } from '@modelcontextprotocol/sdk/client/streamableHttp.js';
import { recallPath } from './home.mjs';

const info = { name: 'clients-test', version: '1.0.0' };
const stdio = home => ({ command: recallPath, args: ['mcp'], cwd: home.folder, env: home.environment, stderr: 'inherit' });
const http = home => [home.mcpUrl, { requestInit: { headers: home.authorization } }];

/** What a session is called, and how it is begun in a home. */
export const sessions = [
    ['sdk 1.x over stdio', home => connect(new Client1(info), new Stdio1(stdio(home)))],
    ['sdk 1.x over HTTP', home => connect(new Client1(info), new Http1(...http(home)))],
    ['client 2.x over stdio', home => connect(new Client2(info), new Stdio2(stdio(home)))],
    ['client 2.x over HTTP', home => connect(new Client2(info), new Http2(...http(home)))],
    ['client 2.x, 2026-07-28, over stdio', home => connect(modern(), new Stdio2(stdio(home)))],
    ['client 2.x, 2026-07-28, over HTTP', home => connect(modern(), new Http2(...http(home)))],
];

export const probing = () => new Client2(info, { versionNegotiation: { mode: 'auto' } });

export const stdioTransport = home => new Stdio2(stdio(home));

export async function connect(client, transport) {
    await client.connect(transport);
    return client;
}

/** The object in a tool's one text block. */
export const read = result => {
    const [{ type, text }, ...more] = result.content;
    if (type !== 'text' || more.length > 0)
        throw new Error(`not one text block: ${JSON.stringify(result)}`);
    return JSON.parse(text);
};

const modern = () => new Client2(info, { versionNegotiation: { mode: { pin: '2026-07-28' } } });
