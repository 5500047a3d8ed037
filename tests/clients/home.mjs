// A host in a home folder of its own, and the programs that work in it.
import { execFile, spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';

/** The program as `./build.sh publish` leaves it. */
export const recallPath = resolve(import.meta.dirname, '..', '..', 'artifacts', 'bin', process.platform === 'win32' ? 'recall.exe' : 'recall');

export class Home {
    /** The one that run.mjs has started for all tests. */
    static shared() {
        return new Home(process.env.LOCALRECALL_HOME, Number(process.env.OLLAMA_PORT));
    }

    /** A home of its own, for a test that ends its host; stop() it. */
    static async start() {
        const folder = mkdtempSync(join(tmpdir(), 'localrecall-clients-'));
        const home = new Home(folder, await freePort());
        try {
            await home.recall('host', 'start', '--ollama-port', `${home.ollamaPort}`);
        } catch (e) {
            home.stop();
            throw e;
        }
        return home;
    }

    constructor(folder, ollamaPort) {
        this.folder = folder;
        this.ollamaPort = ollamaPort;
        // Programs that keep notes beside their configuration keep them here.
        this.environment = { ...process.env, LOCALRECALL_HOME: folder, HOME: folder, XDG_CONFIG_HOME: folder };
    }

    get endpoint() {
        return JSON.parse(readFileSync(join(this.folder, 'endpoint.json'), 'utf8'));
    }

    get url() {
        return this.endpoint.httpAddress.replace(/\/$/, '');
    }

    get mcpUrl() {
        return new URL(`${this.url}/mcp`);
    }

    get ollamaUrl() {
        return `http://127.0.0.1:${this.ollamaPort}`;
    }

    get authorization() {
        return { Authorization: `Bearer ${this.endpoint.token}` };
    }

    /** Runs recall in the home folder, which belongs to no project; returns what it printed, throws if it fails. */
    async recall(...args) {
        const { stdout } = await promisify(execFile)(recallPath, args, { cwd: this.folder, env: this.environment, maxBuffer: 1 << 26 });
        return stdout;
    }

    async recallJson(verb, ...args) {
        return JSON.parse(await this.recall(verb, '--json', ...args));
    }

    /** What `recall embed` makes of texts: as numbers of 32 bits. */
    async embed(texts, ...options) {
        const { embeddings } = await this.recallJson('embed', ...options, '--', ...texts);
        return embeddings.map(vector => Float32Array.from(vector));
    }

    spawn(...args) {
        return this.spawnIn(this.folder, ...args);
    }

    spawnIn(folder, ...args) {
        return spawn(recallPath, args, { cwd: folder, env: this.environment });
    }

    /** Ends the host by its process id, whatever state it is in, and removes the folder. */
    stop() {
        if (existsSync(join(this.folder, 'endpoint.json'))) {
            try {
                process.kill(this.endpoint.pid, 'SIGKILL');
            } catch (e) {
                if (e.code !== 'ESRCH')
                    throw e;
            }
        }
        rmSync(this.folder, { recursive: true, force: true, maxRetries: 20, retryDelay: 100 });
    }
}

async function freePort() {
    const server = createServer();
    await new Promise(listening => server.listen(0, '127.0.0.1', listening));
    const { port } = server.address();
    await new Promise(closed => server.close(closed));
    return port;
}
