import assert from 'node:assert/strict';
import { ChatOllama, Ollama, OllamaEmbeddings } from '@langchain/ollama';
import { all, answer, check, endless, model, url } from './check.mjs';
import { checkChat } from './langchain.mjs';

const client = { baseUrl: url, model, maxRetries: 0 };
const chat = new ChatOllama(client);

await check('generate', async () => {
  assert.equal(await new Ollama(client).invoke('hi'), answer);
});

await check('generate-stream', async () => {
  assert.equal((await all(await new Ollama(client).stream('hi'))).join(''), answer);
});

await checkChat(chat);

await check('abort', async () => {
  const controller = new AbortController();
  const stream = await chat.stream(endless, { signal: controller.signal });
  await assert.rejects(async () => {
    for await (const piece of stream) {
      assert.ok(piece.content.length > 0);
      controller.abort();
    }
  }, /abort/i);
});

await check('embed-one', async () => {
  assert.deepEqual(await new OllamaEmbeddings(client).embedQuery('four'), [4, 0.5, -0.25]);
});

await check('embed-several', async () => {
  const vectors = await new OllamaEmbeddings(client).embedDocuments(['a', 'bb', 'ccc']);
  assert.deepEqual(vectors.map(([length]) => length), [1, 2, 3]);
});

await check('unknown-model', async () => {
  const stranger = new ChatOllama({ ...client, model: 'no-such-model' });
  await assert.rejects(stranger.invoke('hi'), (error) => {
    assert.equal(error.status_code ?? error.status, 404);
    assert.match(error.message, /no-such-model/);
    return true;
  });
});
