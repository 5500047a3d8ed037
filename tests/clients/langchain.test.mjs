// LangChain's embeddings over both.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { OllamaEmbeddings } from '@langchain/ollama';
import { OpenAIEmbeddings } from '@langchain/openai';
import { Home } from './home.mjs';
import { assertSame, longText, model } from './vectors.mjs';

const home = Home.shared();
const texts = ['the deploy key lives in the vault', 'an index is rebuilt from its files', 'Prices rise in März ☂'];
const clients = {
    '@langchain/ollama': () => new OllamaEmbeddings({ model, baseUrl: home.ollamaUrl, maxRetries: 0 }),
    '@langchain/openai': () => new OpenAIEmbeddings({ model, apiKey: home.endpoint.token, maxRetries: 0, configuration: { baseURL: `${home.url}/v1` } }),
};

for (const [name, create] of Object.entries(clients)) {
    test(`${name} embeds documents and a query`, async () => {
        const embeddings = create();
        const expected = await home.embed(texts);
        assertSame(await embeddings.embedDocuments(texts), expected);
        assertSame([await embeddings.embedQuery(texts[0])], [expected[0]]);
    });

    test(`${name} says what is wrong with an over-long text`, async () =>
        await assert.rejects(create().embedQuery(longText), /length/));
}
