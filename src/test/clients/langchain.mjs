// What LangChain's models do alike, whatever API they speak.

import assert from 'node:assert/strict';
import { all, answer, check, city, weather } from './check.mjs';

export async function checkChat(chat) {
  await check('chat', async () => {
    const message = await chat.invoke('hi');
    assert.equal(message.content, answer);
    assert.equal(message.usage_metadata.total_tokens, 9);
  });

  await check('chat-stream', async () => {
    const pieces = await all(await chat.stream('hi'));
    assert.equal(pieces.map((each) => each.content).join(''), answer);
  });

  await check('tool', async () => {
    const { tool_calls: calls } = await chat.bindTools([weather]).invoke('weather?');
    assert.equal(calls.length, 1);
    assert.equal(calls[0].name, 'weather');
    assert.deepEqual(calls[0].args, { city });
  });
}
