// Runs the tests, all or those named, against one host; ends with the line `N passed, N failed, N skipped`.
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { run } from 'node:test';
import { spec } from 'node:test/reporters';
import { Home } from './home.mjs';

const oldest = [22, 19];
const [major, minor] = process.versions.node.split('.').map(Number);
if (major < oldest[0] || major === oldest[0] && minor < oldest[1]) {
    console.log(`Skipped: these clients take Node.js ${oldest.join('.')} or newer; this is ${process.version}.\n0 passed, 0 failed, 1 skipped`);
    process.exit();
}

const names = process.argv.slice(2);
const files = readdirSync(import.meta.dirname)
    .filter(file => file.endsWith('.test.mjs') && (names.length === 0 || names.some(name => file.startsWith(name))))
    .map(file => join(import.meta.dirname, file));

const home = await Home.start();
process.once('exit', () => home.stop());
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'])
    process.once(signal, () => process.exit(130));

Object.assign(process.env, { LOCALRECALL_HOME: home.folder, OLLAMA_PORT: `${home.ollamaPort}` });
const counts = { passed: 0, failed: 0, skipped: 0 };
const tests = run({ files, concurrency: 2, timeout: 180_000 });
tests.on('test:summary', ({ file, counts: all }) => {
    if (file === undefined)
        Object.assign(counts, { passed: all.passed, failed: all.failed + all.cancelled, skipped: all.skipped + all.todo });
});
await pipeline(tests, new spec(), process.stdout, { end: false });
console.log(`\n${counts.passed} passed, ${counts.failed} failed, ${counts.skipped} skipped`);
process.exitCode = counts.failed > 0 || counts.passed === 0 ? 1 : 0;
