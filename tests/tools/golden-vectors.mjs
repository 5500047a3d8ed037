// Writes tests/LocalRecall.Tests/Infrastructure/Onnx/golden-vectors.json: texts and their vectors, by another tokenizer
// and another binding of the same model file.
// npm install --prefix tests/tools && ORT_DISABLE_TELEMETRY=1 node tests/tools/golden-vectors.mjs
import { readFileSync, writeFileSync } from 'node:fs';
import { Tokenizer } from '@huggingface/tokenizers';
import ort from 'onnxruntime-node';

const root = new URL('../../', import.meta.url);
const model = new URL('artifacts/models/all-MiniLM-L6-v2-q4/', root);
const read = name => JSON.parse(readFileSync(new URL(name, model)));
const tokenizer = new Tokenizer(read('tokenizer.json'), read('tokenizer_config.json'));
const session = await ort.InferenceSession.create(new URL('onnx/model_q4.onnx', model).pathname);

const texts = [
  'a',
  'One mailbox is the mutex.',
  'How do I restart the host after a crash?',
  'The embedding actor owns the only ONNX session of the machine; everybody else sends it messages.',
  '# Decision: one writer\n\nSQLite in WAL mode has **one** writer and many readers.\n\n- writer: `PinnedDispatcher`\n- readers: N\n',
  'public sealed record Ping(long Id);\nvar x = dict["key"] ?? throw new InvalidOperationException($"no {key}");',
  'def f(x: int) -> int:\n\treturn x ** 2 if x >= 0 else ~x | 0b1010 ^ 0xFF',
  'git rebase -i HEAD~3 && dotnet test --filter "Name~Onnx" | tee out.log',
  'Crème brûlée à la façon de l’Ångström, naïve coöperation, Žluťoučký kůň',
  '東京タワーは高さ333メートルです。',
  '这是一个关于向量搜索的测试',
  '안녕하세요, 기억을 찾아 주세요.',
  'Привет, мир! Как дела?',
  'مرحبا بالعالم، كيف حالك؟',
  'Shipping it 🚀🎉 — tests pass ✅, coverage 93.5 %',
  '   \n\t  ',
  'x'.repeat(150) + ' is a very long word',
  '$PATH + <html> = ^caret `tick` | pipe ~home',
  'ΟΔΥΣΣΕΥΣ went HOME',
  Array.from({ length: 120 }, (_, i) => `Line ${i}: the quick brown fox jumps over the lazy dog.`).join('\n'),
];

const vectors = [];
for (const text of texts) {
  let ids = tokenizer.encode(text).ids;
  if (ids.length > 256) ids = [...ids.slice(0, 255), ids.at(-1)];
  const tensor = values => new ort.Tensor('int64', BigInt64Array.from(values, BigInt), [1, ids.length]);
  const { last_hidden_state: hidden } = await session.run({
    input_ids: tensor(ids), attention_mask: tensor(ids.map(() => 1)), token_type_ids: tensor(ids.map(() => 0)),
  });
  const vector = new Float64Array(384);
  hidden.data.forEach((value, i) => { vector[i % 384] += value / ids.length; });
  const norm = Math.hypot(...vector);
  vectors.push({ text, tokens: ids.length, vector: Buffer.from(Float32Array.from(vector, v => v / norm).buffer).toString('base64') });
}
writeFileSync(new URL('tests/LocalRecall.Tests/Infrastructure/Onnx/golden-vectors.json', root), JSON.stringify(vectors, null, 1) + '\n');
