import assert from 'node:assert/strict';
import { Ollama } from 'ollama';
import { all, answer, check, city, endless, model, url, weather } from './check.mjs';

const client = new Ollama({ host: url });
const ask = (content) => [{ role: 'user', content }];

await check('version', async () => {
  assert.match((await client.version()).version, /^\d+\.\d+/);
});

await check('list', async () => {
  const { models } = await client.list();
  assert.ok(models.some((each) => each.name === model));
});

await check('show', async () => {
  assert.ok((await client.show({ model })).details);
});

await check('loaded', async () => {
  assert.ok(Array.isArray((await client.ps()).models));
});

await check('generate', async () => {
  const whole = await client.generate({ model, prompt: 'hi' });
  assert.equal(whole.response, answer);
  assert.equal(whole.done, true);
  assert.equal(whole.done_reason, 'stop');
  assert.equal(whole.eval_count, 2);
});

await check('generate-stream', async () => {
  const pieces = await all(await client.generate({ model, prompt: 'hi', stream: true }));
  assert.equal(pieces.map((each) => each.response).join(''), answer);
  assert.ok(pieces.length > 1);
  assert.equal(pieces.at(-1).done, true);
});

await check('chat', async () => {
  const whole = await client.chat({ model, messages: ask('hi') });
  assert.equal(whole.message.role, 'assistant');
  assert.equal(whole.message.content, answer);
});

await check('chat-stream', async () => {
  const pieces = await all(await client.chat({ model, messages: ask('hi'), stream: true }));
  assert.equal(pieces.map((each) => each.message.content).join(''), answer);
  assert.equal(pieces.at(-1).done, true);
  assert.equal(pieces.at(-1).prompt_eval_count, 7);
});

await check('abort', async () => {
  const stream = await client.chat({ model, messages: ask(endless), stream: true });
  await assert.rejects(
    async () => {
      for await (const piece of stream) {
        assert.ok(piece.message.content.length > 0);
        stream.abort();
      }
    },
    { name: 'AbortError' },
  );
});

await check('embed-one', async () => {
  const { embeddings } = await client.embed({ model, input: 'four' });
  assert.deepEqual(embeddings, [[4, 0.5, -0.25]]);
});

await check('embed-several', async () => {
  const { embeddings } = await client.embed({ model, input: ['a', 'bb', 'ccc'] });
  assert.deepEqual(
    embeddings.map(([length]) => length),
    [1, 2, 3],
  );
});

await check('embeddings-of-older-clients', async () => {
  const { embedding } = await client.embeddings({ model, prompt: 'four' });
  assert.deepEqual(embedding, [4, 0.5, -0.25]);
});

await check('tool', async () => {
  const { message } = await client.chat({ model, messages: ask('weather?'), tools: [weather] });
  assert.equal(message.tool_calls.length, 1);
  assert.equal(message.tool_calls[0].function.name, 'weather');
  assert.deepEqual(message.tool_calls[0].function.arguments, { city });
});

await check('tool-stream', async () => {
  const pieces = await all(
    await client.chat({ model, messages: ask('weather?'), tools: [weather], stream: true }),
  );
  const calls = pieces.flatMap((each) => each.message.tool_calls ?? []);
  assert.deepEqual(calls.map((each) => each.function.arguments), [{ city }]);
});

for (const stream of [false, true]) {
  await check(stream ? 'unknown-model-stream' : 'unknown-model', async () => {
    await assert.rejects(client.chat({ model: 'no-such-model', messages: ask('hi'), stream }), {
      name: 'ResponseError',
      status_code: 404,
      message: /no-such-model/,
    });
  });
}

await check('no-model', async () => {
  await assert.rejects(client.chat({ model: '', messages: ask('hi') }), {
    name: 'ResponseError',
    status_code: 400,
  });
});
