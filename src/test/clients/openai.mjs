import assert from 'node:assert/strict';
import OpenAI from 'openai';
import { all, answer, check, city, endless, model, url, weather } from './check.mjs';

const client = new OpenAI({ baseURL: `${url}/v1`, apiKey: 'none', maxRetries: 0 });
const ask = (content) => [{ role: 'user', content }];

await check('list', async () => {
  const models = await all(client.models.list());
  assert.ok(models.some((each) => each.id === model && each.object === 'model'));
});

await check('retrieve', async () => {
  assert.equal((await client.models.retrieve(model)).id, model);
});

await check('complete', async () => {
  const whole = await client.completions.create({ model, prompt: 'hi' });
  assert.equal(whole.choices[0].text, answer);
  assert.equal(whole.choices[0].finish_reason, 'stop');
});

await check('complete-list-of-one', async () => {
  const whole = await client.completions.create({ model, prompt: ['hi'] });
  assert.equal(whole.choices[0].text, answer);
});

await check('complete-stream', async () => {
  const pieces = await all(await client.completions.create({ model, prompt: 'hi', stream: true }));
  assert.equal(pieces.map((each) => each.choices[0].text).join(''), answer);
});

await check('chat', async () => {
  const whole = await client.chat.completions.create({ model, messages: ask('hi') });
  assert.equal(whole.object, 'chat.completion');
  assert.equal(whole.choices[0].message.role, 'assistant');
  assert.equal(whole.choices[0].message.content, answer);
  assert.deepEqual(
    [whole.usage.prompt_tokens, whole.usage.completion_tokens, whole.usage.total_tokens],
    [7, 2, 9],
  );
});

await check('chat-stream', async () => {
  const pieces = await all(
    await client.chat.completions.create({ model, messages: ask('hi'), stream: true }),
  );
  assert.ok(pieces.every((each) => each.object === 'chat.completion.chunk' && !each.usage));
  assert.equal(pieces.map((each) => each.choices[0].delta.content ?? '').join(''), answer);
  assert.equal(pieces.at(-1).choices[0].finish_reason, 'stop');
});

await check('chat-stream-usage', async () => {
  const pieces = await all(
    await client.chat.completions.create({
      model,
      messages: ask('hi'),
      stream: true,
      stream_options: { include_usage: true },
    }),
  );
  assert.deepEqual(pieces.at(-1).choices, []);
  assert.equal(pieces.at(-1).usage.total_tokens, 9);
});

await check('chat-stream-helper', async () => {
  const runner = client.chat.completions.stream({ model, messages: ask('hi') });
  let joined = '';
  runner.on('content', (piece) => (joined += piece));
  assert.equal(await runner.finalContent(), answer);
  assert.equal(joined, answer);
});

await check('abort', async () => {
  const stream = await client.chat.completions.create({
    model,
    messages: ask(endless),
    stream: true,
  });
  for await (const piece of stream) {
    if (piece.choices[0].delta.content) {
      break;
    }
  }
  assert.ok(stream.controller.signal.aborted);
});

await check('embed-one-as-base64', async () => {
  const { data } = await client.embeddings.create({ model, input: 'four' });
  assert.deepEqual([...data[0].embedding], [4, 0.5, -0.25]);
});

await check('embed-several-as-numbers', async () => {
  const { data } = await client.embeddings.create({
    model,
    input: ['a', 'bb', 'ccc'],
    encoding_format: 'float',
  });
  assert.deepEqual(data.map((each) => each.index), [0, 1, 2]);
  assert.deepEqual(data.map((each) => each.embedding[0]), [1, 2, 3]);
});

await check('tool', async () => {
  const { choices } = await client.chat.completions.create({
    model,
    messages: ask('weather?'),
    tools: [weather],
  });
  const [call, ...others] = choices[0].message.tool_calls;
  assert.equal(others.length, 0);
  assert.equal(call.type, 'function');
  assert.ok(call.id);
  assert.equal(call.function.name, 'weather');
  assert.deepEqual(JSON.parse(call.function.arguments), { city });
});

await check('tool-stream-helper', async () => {
  const runner = client.chat.completions.stream({
    model,
    messages: ask('weather?'),
    tools: [weather],
  });
  const { tool_calls: calls } = await runner.finalMessage();
  assert.deepEqual(JSON.parse(calls[0].function.arguments), { city });
});

await check('response', async () => {
  const response = await client.responses.create({ model, input: 'hi', store: false });
  assert.equal(response.status, 'completed');
  assert.equal(response.output_text, answer);
});

await check('response-stream', async () => {
  const events = await all(
    await client.responses.create({ model, input: 'hi', store: false, stream: true }),
  );
  const deltas = events.filter((each) => each.type === 'response.output_text.delta');
  assert.equal(deltas.map((each) => each.delta).join(''), answer);
  assert.equal(events[0].type, 'response.created');
  assert.equal(events.at(-1).type, 'response.completed');
});

await check('response-stream-helper', async () => {
  const runner = client.responses.stream({ model, input: 'hi', store: false });
  assert.equal((await runner.finalResponse()).output_text, answer);
});

await check('response-tool', async () => {
  const { output } = await client.responses.create({
    model,
    input: 'weather?',
    store: false,
    tools: [{ type: 'function', strict: false, ...weather.function }],
  });
  const call = output.find((each) => each.type === 'function_call');
  assert.equal(call.name, 'weather');
  assert.deepEqual(JSON.parse(call.arguments), { city });
});

for (const stream of [false, true]) {
  await check(stream ? 'unknown-model-stream' : 'unknown-model', async () => {
    const request = { model: 'no-such-model', messages: ask('hi'), stream };
    await assert.rejects(client.chat.completions.create(request), (error) => {
      assert.ok(error instanceof OpenAI.NotFoundError);
      assert.equal(error.status, 404);
      assert.equal(error.code, 'model_not_found');
      return true;
    });
  });
}

await check('unknown-model-retrieve', async () => {
  await assert.rejects(client.models.retrieve('no-such-model'), OpenAI.NotFoundError);
});

await check('no-model', async () => {
  await assert.rejects(
    client.chat.completions.create({ model: '', messages: ask('hi') }),
    OpenAI.BadRequestError,
  );
});
