// The openai package, with the host's token as its key.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import OpenAI, { AuthenticationError, BadRequestError, NotFoundError } from 'openai';
import { Home } from './home.mjs';
import { assertSame, longText, model, norm } from './vectors.mjs';

const home = Home.shared();
const client = (apiKey = home.endpoint.token) => new OpenAI({ baseURL: `${home.url}/v1`, apiKey, maxRetries: 0 });
const texts = ['the deploy key lives in the vault', 'Prices rise in März ☂'];

test('base64, which the package asks for by itself, is what recall embed makes', async () => {
    const { data, object, model: named, usage } = await client().embeddings.create({ model, input: texts });
    assertSame(data.map(({ embedding }) => embedding), await home.embed(texts));
    assert.deepEqual(data.map(({ index, object: kind }) => [index, kind]), [[0, 'embedding'], [1, 'embedding']]);
    assert.equal(object, 'list');
    assert.equal(named, model);
    assert.ok(usage.prompt_tokens > 10 && usage.total_tokens === usage.prompt_tokens);
});

test('float is the same', async () => {
    const { data } = await client().embeddings.create({ model, input: texts[0], encoding_format: 'float' });
    assertSame(data.map(({ embedding }) => embedding), await home.embed([texts[0]]));
});

test('dimensions cuts a vector and makes its length one again', async () => {
    const [{ data: [{ embedding: whole }] }, { data: [{ embedding: cut }] }] = await Promise.all(
        [{}, { dimensions: 64 }].map(more => client().embeddings.create({ model, input: texts[0], ...more })));
    const start = whole.slice(0, 64);
    assertSame([cut], [start.map(value => value / norm(start))]);
});

test('models are listed', async () => {
    const names = [];
    for await (const { id, object } of client().models.list())
        names.push([id, object]);
    assert.ok(names.some(([id, object]) => id === model && object === 'model'), JSON.stringify(names));
});

test('errors have the shape that the package knows', async () => {
    await assert.rejects(client().embeddings.create({ model: 'no-such-model', input: 'x' }), e =>
        e instanceof NotFoundError && e.code === 'model_not_found' && e.type === 'invalid_request_error');
    await assert.rejects(client().embeddings.create({ model, input: '' }), e =>
        e instanceof BadRequestError && e.type === 'invalid_request_error');
    await assert.rejects(client().embeddings.create({ model, input: longText }), e =>
        e instanceof BadRequestError && /maximum (context|input) length/.test(e.message));
    await assert.rejects(client().embeddings.create({ model, input: 'x', encoding_format: 'hex' }), BadRequestError);
});

test('without the token nothing is answered', async () =>
    await assert.rejects(client('sk-wrong').embeddings.create({ model, input: 'x' }), e =>
        e instanceof AuthenticationError && e.code === 'invalid_api_key'));
