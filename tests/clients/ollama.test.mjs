// The ollama package, at the port of Ollama, without a token.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Ollama } from 'ollama';
import { Home } from './home.mjs';
import { assertSame, longText, model, norm } from './vectors.mjs';

const home = Home.shared();
const ollama = new Ollama({ host: home.ollamaUrl });
const texts = ['the deploy key lives in the vault', 'Prices rise in März ☂'];
const fails = (status_code, error) => e => e.name === 'ResponseError' && e.status_code === status_code && error.test(e.error);

test('embed makes what recall embed makes', async () => {
    const { embeddings, model: named, total_duration, load_duration, prompt_eval_count } = await ollama.embed({ model, input: texts });
    assertSame(embeddings, await home.embed(texts));
    assert.equal(named, model);
    assert.ok(total_duration > 0 && load_duration >= 0 && prompt_eval_count > 10);
});

test('one text by itself is a list of one vector of length one', async () => {
    const { embeddings } = await ollama.embed({ model, input: texts[1] });
    assertSame(embeddings, await home.embed([texts[1]]));
    assert.ok(Math.abs(norm(embeddings[0]) - 1) < 1e-5);
});

test('a bare name means :latest, and both are answered by the name that was asked for', async () =>
    assert.equal((await ollama.embed({ model: `${model}:latest`, input: 'x' })).model, `${model}:latest`));

test('nothing to embed is an empty list', async () =>
    assert.deepEqual((await ollama.embed({ model, input: [] })).embeddings, []));

test('dimensions cuts a vector and makes its length one again', async () => {
    const [[whole], [cut]] = await Promise.all([{}, { dimensions: 64 }].map(async more => (await ollama.embed({ model, input: texts[0], ...more })).embeddings));
    const start = whole.slice(0, 64);
    assertSame([cut], [start.map(value => value / norm(start))]);
});

test('an over-long text is cut, or refused when truncate is false', async () => {
    const { embeddings } = await ollama.embed({ model, input: longText });
    assert.equal(embeddings.length, 1);
    await assert.rejects(ollama.embed({ model, input: longText, truncate: false }), fails(400, /context length/));
});

test('an unknown model is 404, input of another type 400', async () => {
    await assert.rejects(ollama.embed({ model: 'no-such-model', input: 'x' }), fails(404, /model "no-such-model" not found/));
    await assert.rejects(ollama.embed({ model, input: 5 }), fails(400, /invalid input type/));
});

test('the old embeddings call makes the same vector', async () => {
    const { embedding } = await ollama.embeddings({ model, prompt: texts[0] });
    assertSame([embedding], await home.embed([texts[0]]));
});

test('list, show, ps and version tell of the model', async () => {
    const { models } = await ollama.list();
    const listed = models.find(one => one.name === `${model}:latest`);
    assert.ok(listed.size > 1e6 && /^[0-9a-f]{64}$/.test(listed.digest) && !Number.isNaN(Date.parse(listed.modified_at)));
    const shown = await ollama.show({ model });
    assert.ok(shown.capabilities.includes('embedding'));
    assert.ok(Object.entries(shown.model_info).some(([key, value]) => key.endsWith('.embedding_length') && value === 384));
    await ollama.embed({ model, input: 'so that it is loaded' });
    assert.ok((await ollama.ps()).models.length > 0);
    assert.match((await ollama.version()).version, /^\d+\.\d+\.\d+/);
    await assert.rejects(ollama.show({ model: 'no-such-model' }), fails(404, /not found/));
});

test('its root says that Ollama is running', async () =>
    assert.equal(await (await fetch(home.ollamaUrl)).text(), 'Ollama is running'));

test('the alias that pads to 768 dimensions keeps every cosine', async () => {
    const { embeddings: [a, b] } = await ollama.embed({ model: 'nomic-embed-text', input: texts });
    assert.equal(a.length, 768);
    assertSame([a.slice(0, 384), b.slice(0, 384)], await home.embed(texts));
    assert.ok(a.slice(384).every(value => value === 0));
});

test('many at once are all answered', async () => {
    const many = Array.from({ length: 40 }, (_, i) => `question number ${i} about the weather`);
    const [answers, expected] = await Promise.all([
        Promise.all(many.map(input => ollama.embed({ model, input }))), home.embed(many)]);
    assertSame(answers.map(({ embeddings: [vector] }) => vector), expected, 1e-3);
});
