// What the scripts of all clients share.

export const url = process.env.SUTAZAI_URL;
export const model = process.env.SUTAZAI_MODEL;

/** The answer of the model server behind the gateway to all that asks neither for a tool nor for a slow answer. */
export const answer = 'Hello world';

/** A question whose answer has no end. */
export const endless = 'Tell me slowly';

export async function check(name, body) {
  await body();
  console.log(`ok ${name}`);
}

/** The pieces of a stream. */
export async function all(stream) {
  const pieces = [];
  for await (const piece of stream) {
    pieces.push(piece);
  }
  return pieces;
}

export const weatherSchema = {
  type: 'object',
  properties: { city: { type: 'string' } },
  required: ['city'],
};

/** A tool as both dialects describe it. */
export const weather = {
  type: 'function',
  function: { name: 'weather', description: 'Tells the weather', parameters: weatherSchema },
};

/** The city that the model server asks the weather of. */
export const city = 'Jena';
