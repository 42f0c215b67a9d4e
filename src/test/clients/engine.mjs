// The clients of both dialects before the engine inside, whose model knows one text by heart.
import assert from 'node:assert/strict';
import { Ollama } from 'ollama';
import OpenAI from 'openai';
import { all, check, model, url } from './check.mjs';

const ollama = new Ollama({ host: url });
const openai = new OpenAI({ baseURL: `${url}/v1`, apiKey: 'none', maxRetries: 0 });
const messages = [{ role: 'user', content: 'the quick' }];
const answer = process.env.SUTAZAI_ANSWER;
const schema = {
  type: 'object',
  properties: { sure: { type: 'integer', minimum: 3, maximum: 17 } },
  required: ['sure'],
};
const keeps = (text) => assert.ok(JSON.parse(text).sure >= 3 && JSON.parse(text).sure <= 17);

await check('ollama-list', async () => {
  const { models } = await ollama.list();
  assert.ok(models.some((each) => each.name === `${model}:latest` && each.details.format === 'gguf'));
});

await check('ollama-show', async () => {
  assert.equal((await ollama.show({ model })).details.family, 'llama');
});

await check('ollama-generate', async () => {
  const pieces = await all(await ollama.generate({ model, prompt: 'the quick', stream: true }));
  assert.equal(pieces.map((each) => each.response).join(''), answer);
  assert.equal(pieces.at(-1).done_reason, 'stop');
});

await check('ollama-chat', async () => {
  assert.equal((await ollama.chat({ model, messages })).message.content, answer);
});

await check('ollama-schema', async () => {
  keeps((await ollama.chat({ model, messages, format: schema })).message.content);
});

await check('ollama-embed', async () => {
  const { embeddings } = await ollama.embed({ model, input: ['the quick', 'one two'] });
  assert.equal(embeddings.length, 2);
});

await check('ollama-pull-refused', async () => {
  await assert.rejects(ollama.pull({ model: 'demo' }), /demonstration model/);
});

await check('openai-models', async () => {
  const models = await all(openai.models.list());
  assert.ok(models.some((each) => each.id === 'demo'));
});

await check('openai-chat', async () => {
  const whole = await openai.chat.completions.create({ model, messages });
  assert.equal(whole.object, 'chat.completion');
  assert.equal(whole.choices[0].message.content, answer);
  assert.equal(whole.choices[0].finish_reason, 'stop');
  assert.ok(whole.usage.total_tokens > 20);
});

await check('openai-chat-stream', async () => {
  const stream = await openai.chat.completions.create({
    model,
    messages,
    stream: true,
    stream_options: { include_usage: true },
  });
  const pieces = await all(stream);
  assert.equal(pieces.map((each) => each.choices[0]?.delta?.content ?? '').join(''), answer);
  assert.ok(pieces.at(-1).usage.completion_tokens > 10);
});

await check('openai-schema', async () => {
  const format = { type: 'json_schema', json_schema: { name: 'sure', schema, strict: true } };
  const whole = await openai.chat.completions.create({ model, messages, response_format: format });
  keeps(whole.choices[0].message.content);
});

await check('openai-complete', async () => {
  const whole = await openai.completions.create({ model, prompt: 'the quick' });
  assert.equal(whole.choices[0].text, answer);
});

await check('openai-embed', async () => {
  const { data } = await openai.embeddings.create({ model, input: ['the quick', 'one two'] });
  assert.equal(data.length, 2);
  assert.ok(Math.abs(data[0].embedding.reduce((sum, each) => sum + each * each, 0) - 1) < 0.01);
});

await check('openai-responses', async () => {
  const whole = await openai.responses.create({ model, input: 'the quick', store: false });
  assert.equal(whole.output_text, answer);
});

await check('openai-tools-refused', async () => {
  const tool = { type: 'function', function: { name: 'weather', parameters: schema } };
  await assert.rejects(
    openai.chat.completions.create({ model, messages, tools: [tool] }),
    (failure) => failure.status === 400 && /tools/.test(failure.message),
  );
});
