import assert from 'node:assert/strict';
import { ChatOpenAI, OpenAI, OpenAIEmbeddings } from '@langchain/openai';
import { all, answer, check, endless, model, url } from './check.mjs';
import { checkChat } from './langchain.mjs';

const client = {
  model,
  apiKey: 'none',
  maxRetries: 0,
  configuration: { baseURL: `${url}/v1` },
};
const chat = new ChatOpenAI(client);

await check('complete', async () => {
  assert.equal(await new OpenAI(client).invoke('hi'), answer);
});

await check('complete-stream', async () => {
  assert.equal((await all(await new OpenAI(client).stream('hi'))).join(''), answer);
});

await checkChat(chat);

await check('responses', async () => {
  const message = await new ChatOpenAI({ ...client, useResponsesApi: true, zdrEnabled: true }).invoke(
    'hi',
  );
  assert.equal(message.text, answer);
});

await check('abort', async () => {
  const controller = new AbortController();
  const stream = await chat.stream(endless, { signal: controller.signal });
  await assert.rejects(async () => {
    for await (const piece of stream) {
      if (piece.content.length > 0) {
        controller.abort();
      }
    }
  }, /abort/i);
});

await check('embed-one', async () => {
  assert.deepEqual([...(await new OpenAIEmbeddings(client).embedQuery('four'))], [4, 0.5, -0.25]);
});

await check('embed-several', async () => {
  const vectors = await new OpenAIEmbeddings(client).embedDocuments(['a', 'bb', 'ccc']);
  assert.deepEqual(vectors.map(([length]) => length), [1, 2, 3]);
});

await check('unknown-model', async () => {
  const stranger = new ChatOpenAI({ ...client, model: 'no-such-model' });
  await assert.rejects(stranger.invoke('hi'), (error) => {
    assert.equal(error.status, 404);
    assert.equal(error.code, 'model_not_found');
    return true;
  });
});
