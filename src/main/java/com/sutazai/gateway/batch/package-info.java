/**
 * Files and durable batches as the OpenAI API has them: many requests in one file, answered when
 * nothing else is to be done, each once.
 */
@NullMarked
package com.sutazai.gateway.batch;

import org.jspecify.annotations.NullMarked;
